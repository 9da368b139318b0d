"""In whose name an office speaks of enterprises: its organisation's, an authority's, or nobody's."""

import pytest
from tests import world as w

from cultivar.cases.givers import MayNotState, giver_of
from cultivar.registry.actors import PUBLIC
from cultivar.registry.statements import Giver

pytestmark = pytest.mark.django_db


def test_an_applicant_speaks_for_its_own_organisation_alone():
    who = w.applicant(w.cluster())
    assert giver_of(who, "a.xlsx") == Giver(who.organisation, who.office_key, "a.xlsx")


@pytest.mark.parametrize("who", [w.province("handler"), w.city(w.ZUNYI)], ids=["province", "city"])
def test_an_authority_of_a_region_speaks_for_everybody(who):
    assert giver_of(who, "b.xlsx") == Giver("", who.office_key, "b.xlsx")


@pytest.mark.parametrize(
    "who",
    [
        w.expert("e1"),
        w.actor("expert", region="520000"),
        w.actor("auditor", region="520000"),
        w.actor("policy", region="520000"),
        w.actor("province", region="520300"),
        w.actor("applicant"),
        PUBLIC,
    ],
    ids=["expert", "pool", "auditor", "policy", "a province in a city", "applicant of nobody", "public"],
)
def test_others_have_no_word_on_enterprises(who):
    with pytest.raises(MayNotState) as refused:
        giver_of(who, "c.xlsx")
    assert "申报主体" in refused.value.text.zh
