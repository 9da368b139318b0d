"""Sending a workbook through the pages, and who may see what."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

import cultivar.roster.urls as addresses
from cultivar.audit.backup import evidence_named
from cultivar.cases import evidence, file_store, membership
from cultivar.cases.models import Case, Membership
from cultivar.jobs.worker import Worker
from cultivar.policy.text import Text
from cultivar.registry.models import (
    Enterprise,
    Holding,
    Incident,
    Person,
    Qualification,
    SupplyLink,
    YearlyFigures,
)
from cultivar.registry.statements import FirmRow, HeldRow, IncidentRow, SupplyRow, state
from cultivar.roster import file_pages, jobs, storing
from cultivar.roster.containers import Refused
from cultivar.roster.exporting import csv_lines
from cultivar.roster.models import Import
from cultivar.roster.queries import firm_rows, roster_codes
from cultivar.roster.sheet_reading import Firm
from tests import world as w
from tests.cases.office import applicant, office, sign_in
from tests.registry import stated as s
from tests.roster.books import HEAD, check, code, firm, kinds, write

pytestmark = pytest.mark.django_db
ROWS = [
    [*HEAD, "2025年营业收入", "2025年从业人员", "高新技术企业"],
    firm(1, 12.5, 7, "是"),
    firm(2, 3, "约5", "否"),
]


@pytest.fixture
def house(settings, tmp_path):
    """A cluster whose application is open, in spring 2026."""
    settings.EVIDENCE_FOLDER, settings.HOME = tmp_path / "evidence", tmp_path
    with w.at("2026-04-16"):
        of = w.cluster()
        w.cluster(w.BIJIE, 2)
        w.application(w.announce(), of)
        yield of


def work() -> None:
    """A worker does all that waits."""
    worker = Worker()
    while worker.turn():
        pass


def row(number: int, region: str = w.ZUNYI, held: tuple[HeldRow, ...] | None = None) -> FirmRow:
    """An enterprise of the workbooks as it is stated."""
    return FirmRow(code(number), f"测试企业{number}（虚构）", region, "15", {}, held)


def send(client: Client, address: str, path, **more):
    """Uploads a workbook."""
    file = SimpleUploadedFile("名单.xlsx", path.read_bytes())
    return client.post(address, {"file": file, "year": 2025, **more})


def sent(client: Client, of, tmp_path, rows=ROWS) -> Import:
    """An import that was checked."""
    answer = send(client, reverse("import-roster", args=[of.pk]), write(tmp_path / "a.xlsx", {"企业": rows}))
    assert answer.status_code == 302
    work()
    return Import.objects.order_by("-pk").first()


def test_a_workbook_is_checked_taken_and_on_the_roster(house, tmp_path):
    client = applicant(house)
    one = sent(client, house, tmp_path)
    assert (one.state, one.read, one.good, one.wrong, one.errors) == ("checked", 2, 1, 1, 1)
    page = client.get(reverse("import", args=[one.pk])).content.decode()
    assert "“企业”表 3 行 F 列" in page
    assert "从业人员应填数字。只写数字；没有数据就留空。" in page
    assert "录入这 1 行" in page
    assert not Enterprise.objects.exists()
    assert client.post(reverse("import-take", args=[one.pk])).status_code == 302
    work()
    one.refresh_from_db()
    assert (one.state, one.outcome["new_firms"], one.outcome["enrolled"]) == ("taken", 1, 1)
    row = YearlyFigures.objects.get()
    assert (row.giver, row.office, row.source) == (
        house.organisation_id,
        f"applicant-{house.organisation_id}",
        "名单.xlsx",
    )
    assert row.figures == {"revenue": 125_000, "employment": 7}
    roster = client.get(reverse("roster", args=[house.pk])).content.decode()
    assert "测试企业1（虚构）" in roster
    assert "12.5" in roster
    assert "高新技术企业" in roster
    answer = client.get(reverse("import-marked", args=[one.pk]))
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_the_same_file_twice_changes_nothing_and_says_so(house, tmp_path):
    client = applicant(house)
    for _ in range(2):
        one = sent(client, house, tmp_path)
        page = client.get(reverse("import", args=[one.pk])).content.decode()
        client.post(reverse("import-take", args=[one.pk]))
        work()
    assert "同一个文件已在" in page
    assert "没有变化" in client.get(reverse("import", args=[one.pk])).content.decode()
    assert YearlyFigures.objects.count() == 1
    one.refresh_from_db()
    assert one.outcome["wrote"] is False


def test_before_rows_are_taken_the_page_says_what_will_change(house, tmp_path):
    client = applicant(house)
    first = sent(client, house, tmp_path)
    page = client.get(reverse("import", args=[first.pk])).content.decode()
    assert "录入后的变化" in page
    assert first.preview["new"] == 3
    client.post(reverse("import-take", args=[first.pk]))
    work()
    assert "录入后的变化" not in client.get(reverse("import", args=[first.pk])).content.decode()
    rows = [ROWS[0], firm(1, 12.5 * 10_000, 7, "是")]
    second = sent(client, house, tmp_path, rows)
    assert (second.state, second.errors, second.hints) == ("checked", 0, 1)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("import", args=[second.pk])).content.decode()
    assert "What will change" in page
    assert '<td data-k="Before">12.5</td><td data-k="After">125000</td>' in page
    assert "looks like yuan typed where 10,000 yuan is asked" in page


def test_good_rows_are_taken_once_however_often_one_asks(house, tmp_path):
    client = applicant(house)
    one = sent(client, house, tmp_path)
    for _ in range(2):
        client.post(reverse("import-take", args=[one.pk]))
    work()
    answer = client.post(reverse("import-take", args=[one.pk]), follow=True)
    assert "没有等着录入的行" in answer.content.decode()
    assert YearlyFigures.objects.count() == 1


def test_the_jobs_run_twice_and_change_nothing(house, tmp_path):
    client = applicant(house)
    one = sent(client, house, tmp_path)
    assert jobs.check.func(one.pk) == ""
    Import.objects.filter(pk=one.pk).update(
        state=Import.State.WAITING
    )  # a worker was lost before it could say so
    assert jobs.check.func(one.pk) == "checked"
    assert one.problems.count() == 1
    jobs.begin_taking(Import.objects.get(pk=one.pk))
    assert jobs.take.func(one.pk) == "taken"
    Import.objects.filter(pk=one.pk).update(state=Import.State.TAKING)
    assert jobs.take.func(one.pk) == "taken"
    assert (YearlyFigures.objects.count(), Membership.objects.count()) == (1, 1)


def test_a_title_that_a_workbook_leaves_out_stays(house, tmp_path):
    client = applicant(house)
    first = [[*HEAD, "高新技术企业", "绿色工厂"], firm(1, "是", "省级")]
    second = [[*HEAD, "高新技术企业"], firm(1, "否")]
    for rows in (first, second):
        one = sent(client, house, tmp_path, rows)
        client.post(reverse("import-take", args=[one.pk]))
        work()
    (row,) = firm_rows([code(1)], house.organisation_id, (2025,))
    assert [(held.kind, held.rank) for held in row.held] == [("green-factory", "provincial")]


def test_a_refused_file_ends_in_its_sentence(house, tmp_path):
    client = applicant(house)
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF-1.7")
    send(client, reverse("import-roster", args=[house.pk]), path)
    work()
    page = client.get(reverse("import", args=[Import.objects.get().pk])).content.decode()
    assert "内容是PDF 文件，不是表格。" in page


def test_an_upload_without_a_file_keeps_the_page(house):
    answer = applicant(house).post(reverse("import-roster", args=[house.pk]), {"year": 2025})
    assert answer.status_code == 422
    assert "先选一个文件再传。" in answer.content.decode()


def test_while_it_is_checked_the_page_says_so_with_and_without_scripts(house, tmp_path):
    client = applicant(house)
    send(client, reverse("import-roster", args=[house.pk]), write(tmp_path / "a.xlsx", {"企业": ROWS}))
    address = reverse("import", args=[Import.objects.get().pk])
    assert "正在核对" in client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"})
    assert part.content.decode().startswith("<section")
    work()
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_city_states_for_its_own_region_only(house, tmp_path):
    client = sign_in("city", region=w.ZUNYI, post="handler")
    rows = [[*HEAD, "2025年营业收入"], firm(1, 1), [code(2), "乙", "毕节市", "15", 2]]
    send(client, reverse("import-figures"), write(tmp_path / "a.xlsx", {"企业": rows}))
    work()
    one = Import.objects.get()
    assert (one.good, one.wrong, one.giver, one.region) == (1, 1, "", w.ZUNYI)
    assert (
        "企业在毕节市，你的单位只登记遵义市的企业。"
        in client.get(reverse("import", args=[one.pk])).content.decode()
    )
    client.post(reverse("import-take", args=[one.pk]))
    work()
    assert YearlyFigures.objects.get().giver == ""
    assert Membership.objects.count() == 0
    lines = b"".join(client.get(reverse("region-csv")).streaming_content).decode()
    assert code(1) in lines
    assert code(2) not in lines


def test_an_enterprise_that_another_city_confirmed_is_an_error_at_once(house, tmp_path):
    state(s.authority(w.BIJIE), [row(1, w.BIJIE)], at=s.AT)
    state(s.applicant(house.organisation_id), [row(2, w.BIJIE), row(3, w.BIJIE)], at=s.AT)
    client = sign_in("city", region=w.ZUNYI, post="handler")
    incidents = [
        ["企业代码", "事件类别", "等级", "发生日期"],
        *([code(n), "安全生产", "较大", "2025-03-01"] for n in (1, 2)),
    ]
    book = {"企业": [[*HEAD, "2025年营业收入"], firm(1, 1), firm(2, 2)], "事件": incidents}
    send(client, reverse("import-figures"), write(tmp_path / "a.xlsx", book))
    work()
    one = Import.objects.get()
    found = list(one.problems.values_list("kind", "sheet", "row", "value", "blocks"))
    assert found == [
        ("register-beyond", "企业", 2, code(1), True),
        ("with-its-firm", "事件", 2, code(1), True),
    ]
    assert (one.read, one.good, one.wrong, one.errors) == (4, 2, 2, 2)
    assert "登记册中这家企业在毕节市" in client.get(reverse("import", args=[one.pk])).content.decode()
    client.post(reverse("import-take", args=[one.pk]))
    work()
    one.refresh_from_db()
    assert (one.outcome["confirmed"], one.outcome["renamed"], one.outcome["hinted"]) == (1, 1, 0)
    regions = dict(Enterprise.objects.values_list("code", "region"))
    assert regions == {code(1): w.BIJIE, code(2): w.ZUNYI, code(3): w.BIJIE}


def test_what_another_city_confirmed_since_the_check_is_told_when_rows_are_taken(house, tmp_path):
    client = sign_in("city", region=w.ZUNYI, post="handler")
    book = {"企业": [[*HEAD, "2025年营业收入"], firm(1, 1)]}
    send(client, reverse("import-figures"), write(tmp_path / "a.xlsx", book))
    work()
    state(s.authority(w.BIJIE), [row(1, w.BIJIE)], at=s.AT)
    client.post(reverse("import-take", args=[Import.objects.get().pk]))
    work()
    one = Import.objects.get()
    assert (one.state, one.good, one.wrong, one.outcome["wrote"]) == ("taken", 0, 1, False)
    assert list(one.problems.values_list("kind", flat=True)) == ["register-beyond"]
    page = client.get(reverse("import", args=[one.pk])).content.decode()
    assert "没有写入任何内容" in page
    assert "与登记册完全一致" not in page


def test_what_the_register_says_otherwise_is_not_said_of_the_whole_file(house, tmp_path):
    state(s.authority(w.ZUNYI), [FirmRow(code(1), "核实的名称（虚构）", w.ZUNYI, "15", {}, None)], at=s.AT)
    client = applicant(house)
    one = sent(client, house, tmp_path)
    client.post(reverse("import-take", args=[one.pk]))
    work()
    page = client.get(reverse("import", args=[one.pk])).content.decode()
    assert one.problems.filter(kind="register-name", row=0).exists()
    one.refresh_from_db()
    assert one.hints == one.problems.filter(blocks=False).count() == 2  # name and industry
    Import.objects.filter(pk=one.pk).update(state=Import.State.TAKING)  # the job is run once more
    assert jobs.take.func(one.pk) == "taken"
    one.refresh_from_db()
    assert one.hints == 2
    assert '<th scope="row">登记册</th>' in page
    assert "整个文件" not in page


def test_rows_beyond_what_a_roster_holds_are_errors(house, tmp_path, monkeypatch):
    monkeypatch.setattr(membership, "MOST", 3)
    client = applicant(house)
    for first, good, wrong, listed in ((1, 2, 0, 2), (2, 2, 2, 3)):
        rows = [firm(n) for n in range(first, first + good + wrong)]
        one = sent(client, house, tmp_path, [HEAD, *rows])
        assert (one.good, one.wrong) == (good, wrong)
        client.post(reverse("import-take", args=[one.pk]))
        work()
        assert Membership.objects.count() == listed
    found = list(one.problems.values_list("kind", "row", "value"))
    assert found == [("register-full", 4, code(4)), ("register-full", 5, code(5))]
    page = client.get(reverse("import", args=[one.pk])).content.decode()
    assert "一份名单最多列 3 家企业，这一家放不下。先从名单移出" in page


def test_a_batch_that_no_longer_fits_is_not_taken_in_half(house, monkeypatch):
    monkeypatch.setattr(membership, "MOST", 1)
    giver = s.applicant(house.organisation_id)
    with pytest.raises(Refused) as refused:
        storing.take(giver, [Firm(row(1)), Firm(row(2))], at=s.AT, subject=house)
    assert "已有 0 家，再列 2 家放不下" in refused.value.text.zh
    assert not Enterprise.objects.exists()


def test_which_titles_stand_is_read_once_it_is_ones_turn(house):
    """Two imports of one giver would else each end the title that the other has just added."""
    giver = s.applicant(house.organisation_id)
    title = HeldRow("high-tech")
    storing.take(giver, [Firm(row(1, held=(title,)), frozenset({("high-tech", "")}))], at=s.AT)
    with CaptureQueriesContext(connection) as captured:
        other = Firm(row(1, held=(HeldRow("srun"),)), frozenset({("srun", "")}))
        storing.take(giver, [other], at=s.AT)
    asked = [one["sql"] for one in captured]
    turn = next(at for at, sql in enumerate(asked) if "registry_region" in sql)
    read = next(at for at, sql in enumerate(asked) if 'FROM "registry_qualification"' in sql)
    written = next(at for at, sql in enumerate(asked) if 'INSERT INTO "registry_qualification"' in sql)
    assert turn < read < written
    assert not any(sql.startswith("RELEASE") for sql in asked[turn:read])
    (kept,) = firm_rows([code(1)], house.organisation_id, (2025,))
    assert {one.kind for one in kept.held} == {"high-tech", "srun"}


def test_exports_of_a_roster(house, tmp_path):
    client = applicant(house)
    one = sent(client, house, tmp_path)
    client.post(reverse("import-take", args=[one.pk]))
    work()
    rows = list(firm_rows(roster_codes(house), house.organisation_id, (2024, 2025)))
    body = b"".join(client.get(reverse("roster-csv", args=[house.pk])).streaming_content).decode()
    assert body == "".join(csv_lines(rows, (2024, 2025)))
    book = b"".join(client.get(reverse("roster-workbook", args=[house.pk])).streaming_content)
    (tmp_path / "b.xlsx").write_bytes(book)
    again = sent(client, house, tmp_path)
    assert kinds(check(tmp_path / "b.xlsx")[1]) == {}
    assert again.state == "checked"


def test_a_region_is_exported_as_a_workbook_that_imports_as_it_was(house, tmp_path, monkeypatch):
    for region, number in ((w.ZUNYI, 1), (w.BIJIE, 2)):
        figures = FirmRow(code(number), f"企业{number}", region, "15", {2025: {"revenue": 7}}, None)
        state(s.authority(region), [figures], at=s.AT)
    city = sign_in("city", region=w.ZUNYI, post="handler")
    address = reverse("region-workbook")
    assert f'href="{address}"' in city.get(reverse("rosters")).content.decode()
    book = b"".join(city.get(address).streaming_content)
    (tmp_path / "b.xlsx").write_bytes(book)
    good, checking = check(tmp_path / "b.xlsx")
    assert [(one.row.code, one.row.years) for one in good] == [(code(1), {2025: {"revenue": 7}})]
    assert kinds(checking) == {}
    monkeypatch.setattr(file_pages, "MOST_AT_ONCE", 0)
    answer = city.get(address)
    assert answer.status_code == 404
    assert "本地有 1 家企业，网页一次最多导出 0 家的 Excel" in answer.content.decode()


def test_an_enterprise_is_taken_off_after_a_page_that_says_what_follows(house, tmp_path):
    client = applicant(house)
    one = sent(client, house, tmp_path, [ROWS[0], firm(1, 1, 1, "是"), firm(2, 2, 2, "否")])
    client.post(reverse("import-take", args=[one.pk]))
    work()
    address = reverse("roster-take-off", args=[house.pk, code(1)])
    assert f'href="{address}"' in client.get(reverse("roster", args=[house.pk])).content.decode()
    page = client.get(address).content.decode()
    assert "测试企业1（虚构）" in page
    assert "要恢复，把这家企业再导入一次。" in page
    assert Membership.objects.count() == 2
    answer = client.post(address, follow=True)
    assert "已从名单移出：测试企业1（虚构）。" in answer.content.decode()
    assert list(Membership.objects.values_list("enterprise", flat=True)) == [code(2)]
    assert YearlyFigures.objects.filter(enterprise=code(1), ended_at=None).count() == 1
    assert client.post(address).status_code == 404


def test_another_office_of_the_organisation_sees_its_imports_and_may_stop_them(house, tmp_path):
    one = sent(applicant(house), house, tmp_path)
    jobs.begin_taking(one)
    place = office("applicant", organisation=house.organisation_id)
    place.pk, place.key = None, "second"
    place.save()
    person = Person.objects.create(login="second", name="某人")
    Holding.objects.create(person=person, office=place, post="", from_on="2020-01-01")
    second = Client()
    second.force_login(person)
    addresses = [reverse(name, args=[one.pk]) for name in ("import", "import-stop", "import-take")]
    assert addresses[0] in second.get(reverse("rosters")).content.decode()
    assert second.get(addresses[0]).status_code == 200
    other = applicant(w.cluster(w.BIJIE, 2))
    assert addresses[0] not in other.get(reverse("rosters")).content.decode()
    assert other.get(addresses[0]).status_code == 404
    assert [other.post(address).status_code for address in addresses[1:]] == [404, 404]
    assert Import.objects.get().state == "taking"
    assert second.post(addresses[1]).status_code == 302
    assert Import.objects.get().state == "checked"


def test_an_authoritys_incidents_go_in_batch_by_batch(house, monkeypatch):
    """What is wrong with a later batch takes no earlier one back."""
    monkeypatch.setattr(storing, "BATCH", 1)
    giver, done = s.authority(w.ZUNYI), []
    days = [IncidentRow(code(1), "safety", "larger", date(2025, 3, day)) for day in (1, 2)]
    unknown = IncidentRow(code(1), "none of the vocabulary", "larger", date(2025, 3, 3))
    with pytest.raises(ValueError, match="is no incident"):
        storing.take(giver, [Firm(row(1)), *days, unknown], at=s.AT, progress=done.append)
    assert Incident.objects.count() == 2
    assert done == [1, 1, 1]
    bought = [SupplyRow(code(1), code(number), "供应商", "瓶盖", 2025, 3) for number in (2, 3)]
    assert storing.take(giver, [Firm(row(1)), *days, *bought], at=s.AT).counts["changed"] == 2
    assert SupplyLink.objects.count() == 2


def test_nobody_else_takes_an_enterprise_off(house, routes):
    address = routes["roster-take-off"]
    for who, client in clients(house).items():
        if who != OWNER:
            assert client.post(address).status_code == (
                302 if who == PUBLIC else 403 if who == EXPERT else 404
            )
    assert Membership.objects.count() == 1
    city = clients(house)[CITY].get(reverse("roster", args=[house.pk])).content.decode()
    assert address not in city


def test_the_year_is_the_one_that_the_open_application_reports(house, tmp_path):
    """The round opened in 2026; in 2027 the application still reports 2025, and an authority's own figures 2026."""
    other = w.cluster(w.BIJIE, 2)
    with w.at("2027-01-20"):
        client, city, far = (
            applicant(house),
            sign_in("city", region=w.ZUNYI, post="handler"),
            applicant(other),
        )
        assert "2025年数据" in client.get(reverse("roster", args=[house.pk])).content.decode()
        assert "2026年数据" in far.get(reverse("roster", args=[other.pk])).content.decode()
        chosen = '<option value="{}" selected'
        assert chosen.format(2025) in client.get(reverse("import-roster", args=[house.pk])).content.decode()
        assert chosen.format(2026) in city.get(reverse("import-figures")).content.decode()
        for name in ("roster-template", "roster-workbook", "roster-csv"):
            answer = client.get(reverse(name, args=[house.pk]))
            assert "-2025." in answer.headers["Content-Disposition"]
            assert b"".join(answer.streaming_content)
        later = client.get(reverse("roster", args=[house.pk]), {"year": 2026})
        assert "2026年数据" in later.content.decode()
        Case.objects.filter(subject=house).update(final="refused")
        assert "2026年数据" in client.get(reverse("roster", args=[house.pk])).content.decode()


# ------------------------------------------------------------------------------------------- who may enter

OWNER, OTHER, CITY, ELSEWHERE, PROVINCE, EXPERT, PUBLIC = [
    "owner",
    "other",
    "city",
    "elsewhere",
    "province",
    "expert",
    "public",
]
ROUTES = {  # who is let in; everybody else gets 403 or 404, the public is asked to sign in
    "rosters": {OWNER, OTHER, CITY, ELSEWHERE, PROVINCE},
    "general-template": {CITY, ELSEWHERE, PROVINCE},
    "region-csv": {CITY, ELSEWHERE, PROVINCE},
    "region-workbook": {CITY, ELSEWHERE, PROVINCE},
    "import-figures": {CITY, ELSEWHERE, PROVINCE},
    "import": {OWNER},
    "import-take": {OWNER},
    "import-stop": {OWNER},
    "import-marked": {OWNER},
    "roster": {OWNER, CITY, PROVINCE},
    "import-roster": {OWNER},
    "roster-take-off": {OWNER},
    "roster-enterprise": {OWNER, CITY, PROVINCE},
    "roster-withdraw": {OWNER},
    "enterprises": {CITY, ELSEWHERE, PROVINCE},
    "enterprise": {CITY, PROVINCE},
    "withdraw": {CITY},
    "roster-template": {OWNER, CITY, PROVINCE},
    "roster-workbook": {OWNER, CITY, PROVINCE},
    "roster-csv": {OWNER, CITY, PROVINCE},
}


def test_every_route_is_listed():
    assert {one.name for one in addresses.urlpatterns} == set(ROUTES)
    assert "rosters/" in {
        str(one.pattern) for part in get_resolver().url_patterns for one in part.url_patterns
    }


def clients(of) -> dict[str, Client]:
    return {
        OWNER: applicant(of),
        OTHER: applicant(w.cluster(w.BIJIE, 2)),
        CITY: sign_in("city", region=w.ZUNYI, post="handler"),
        ELSEWHERE: sign_in("city", region=w.BIJIE, post="handler"),
        PROVINCE: sign_in("province", region="520000", post="handler"),
        EXPERT: sign_in("expert"),
        PUBLIC: Client(),
    }


@pytest.fixture
def routes(house, tmp_path):
    """The addresses of every route, about one import of the owner; its application is with the city."""
    client = applicant(house)
    one = sent(client, house, tmp_path)
    client.post(reverse("import-take", args=[one.pk]))
    work()
    w.do(Case.objects.get(procedure="recognition"), "submit", w.applicant(house), w.SUBMISSION)
    arguments = dict.fromkeys(("import", "import-take", "import-stop", "import-marked"), one.pk)
    state(s.authority(w.ZUNYI), [row(1, held=(HeldRow("srun"),))], at=s.AT)
    own, citys = (
        Qualification.objects.get(ended_at=None, giver=giver).pk for giver in (house.organisation_id, "")
    )
    of_a_firm = {
        "roster-take-off": [house.pk, code(1)],
        "roster-enterprise": [house.pk, code(1)],
        "roster-withdraw": [house.pk, code(1), "title", own],
        "enterprise": [code(1)],
        "withdraw": [code(1), "title", citys],
    }
    return {
        name: reverse(
            name,
            args=of_a_firm[name]
            if name in of_a_firm
            else [arguments[name]]
            if name in arguments
            else [house.pk]
            if "roster" in name and name != "rosters"
            else [],
        )
        for name in ROUTES
    }


def test_who_may_enter_which_route(house, routes):
    got: dict[str, set[str]] = {name: set() for name in ROUTES}
    for who, client in clients(house).items():
        for name, address in routes.items():
            answer = client.post(address) if name in ("import-take", "import-stop") else client.get(address)
            assert not answer.streaming or b"".join(answer.streaming_content)
            inside = answer.status_code == 200 or (
                answer.status_code == 302 and "sign-in" not in answer.headers["Location"]
            )
            if inside:
                got[name].add(who)
            elif who == PUBLIC:
                assert answer.status_code == 302, (who, name)
            else:
                assert answer.status_code in (403, 404), (who, name, answer.status_code)
    assert got == ROUTES


# ------------------------------------------------------------------------------------------------- queries


def test_pages_take_as_many_queries_for_one_thing_as_for_three(house, tmp_path, django_assert_num_queries):
    client = applicant(house)
    for number in (1, 3):
        rows = [firm(n, n, n, "是") for n in range(1, number + 1)]
        wrong = [firm(n, "?", n, "是") for n in range(11, 11 + number)]
        one = sent(client, house, tmp_path, [ROWS[0], *rows, *wrong])
        client.post(reverse("import-take", args=[one.pk]))
        work()
        assert (one.good, one.wrong, Membership.objects.count()) == (number, number, number)
        for name, arguments, queries in (
            ("roster", [house.pk], 13),
            ("import", [one.pk], 7),
            ("rosters", [], 7),
        ):
            client.get(reverse(name, args=arguments))
            with django_assert_num_queries(queries):
                client.get(reverse(name, args=arguments))


def test_the_text_of_the_fault_is_in_both_languages():
    assert isinstance(jobs.FAULT, Text)


def test_the_file_of_an_import_is_in_the_backup_and_no_erasure_of_evidence_takes_it(house, tmp_path):
    one = sent(applicant(house), house, tmp_path)
    assert one.sha256 in evidence_named()
    evidence.unlink_unnamed(one.sha256)
    assert file_store.path_of(one.sha256).is_file()
    Import.objects.all().delete()
    evidence.unlink_unnamed(one.sha256)
    assert not file_store.path_of(one.sha256).exists()


def test_an_import_whose_bytes_are_gone_ends_in_words(house, tmp_path):
    """The bytes are gone from the folder."""
    client = applicant(house)
    send(client, reverse("import-roster", args=[house.pk]), write(tmp_path / "a.xlsx", {"企业": ROWS}))
    one = Import.objects.get()
    file_store.path_of(one.sha256).unlink()
    work()
    one.refresh_from_db()
    assert one.state == "refused"
    assert one.refusal.zh
