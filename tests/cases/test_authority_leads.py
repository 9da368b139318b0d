"""Where authorities differ on an enterprise of a roster, the offices that judge see a lead."""

import pytest
from tests import world as w
from tests.cases.office import applicant, sign_in
from tests.registry import stated as s

from cultivar.cases.membership import enrol
from cultivar.registry.statements import state

pytestmark = pytest.mark.django_db
WORDS = "1 家企业的年度数据，两个主管部门填报的不一致。"


@pytest.mark.parametrize(("provinces", "told"), [(9, True), (10, False)])
def test_a_difference_between_city_and_province_is_a_lead(provinces, told):
    with w.at("2026-05-07", 10):
        of = w.cluster()
        state(s.authority(w.ZUNYI), [s.firm(1, {2025: {"revenue": 10 * 10_000, "patents": 3}})], at=s.AT)
        state(s.authority(), [s.firm(1, {2025: {"revenue": provinces * 10_000}})], at=s.AT)
        enrol(of, [s.code(1)])
        case = w.application(w.announce(), of)
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
        city = sign_in("city", region=w.ZUNYI, post="handler")
        page = city.get(f"/cases/{case.number}/tab/leads/").content.decode()
        assert (WORDS in page) is told
        assert WORDS not in applicant(of).get(f"/cases/{case.number}/tab/leads/").content.decode()
