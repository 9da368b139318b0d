"""Enterprises whose region is a county: the authorities of its city and province have them as any other."""

import pytest
from django.urls import reverse

from cultivar.registry.models import Enterprise, YearlyFigures
from cultivar.registry.statements import regions_under, state
from cultivar.roster import queries, storing
from cultivar.roster.models import Import
from tests import world as w
from tests.cases.office import sign_in
from tests.registry import stated as s
from tests.roster.books import HEAD, check, code, firm, firms, write
from tests.roster.test_pages import house, row, send, work  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
COUNTY = "520302"  # 红花岗区, of Zunyi
REGIONS = (COUNTY, w.ZUNYI, w.BIJIE, "520000")


@pytest.mark.parametrize("region", REGIONS)
def test_an_authority_has_the_enterprises_of_all_regions_for_which_it_may_speak(house, region):  # noqa: F811
    for number, at in enumerate((COUNTY, w.ZUNYI, w.BIJIE), 1):
        Enterprise.objects.create(
            code=code(number), name_zh="企业", region_id=at, industry="15", confirmed=True
        )
    reach = regions_under(region)
    expected = list(
        Enterprise.objects.filter(region__in=reach).order_by("code").values_list("code", flat=True)
    )
    assert expected
    assert queries.region_codes(region) == expected
    assert storing.within_of(region).codes == reach


def test_a_city_imports_sees_and_exports_an_enterprise_of_its_county(house, tmp_path):  # noqa: F811
    city = sign_in("city", region=w.ZUNYI, post="handler")
    cells = [code(1), "测试企业1（虚构）", "红花岗区", "1512", 7]
    path = write(tmp_path / "a.xlsx", {"企业": [[*HEAD, "2025年营业收入"], cells, firm(2, 3)]})
    send(city, reverse("import-figures"), path)
    work()
    one = Import.objects.get()
    assert (one.state, one.good, one.errors) == ("checked", 2, 0)
    city.post(reverse("import-take", args=[one.pk]))
    work()
    assert YearlyFigures.objects.count() == 2
    assert Enterprise.objects.get(code=code(1)).region_id == COUNTY
    assert "测试企业1（虚构）" in city.get(reverse("enterprises")).content.decode()
    page = city.get(reverse("enterprise", args=[code(1)])).content.decode()
    assert ">撤回<" in page
    book = b"".join(city.get(reverse("region-workbook")).streaming_content)
    (tmp_path / "b.xlsx").write_bytes(book)
    again, _ = check(tmp_path / "b.xlsx", within=storing.within_of(w.ZUNYI))
    assert {one.code: one.region for one in firms(again)} == {code(1): COUNTY, code(2): w.ZUNYI}


def test_a_county_of_another_city_stays_out_of_reach(house):  # noqa: F811
    state(s.authority(w.ZUNYI), [row(1, COUNTY)], at=s.AT)
    elsewhere = sign_in("city", region=w.BIJIE, post="handler")
    assert elsewhere.get(reverse("enterprise", args=[code(1)])).status_code == 404
    assert code(1) not in elsewhere.get(reverse("enterprises")).content.decode()
