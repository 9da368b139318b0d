"""Who may see how the experts scored: those who answer for the whole programme, and those who read all of it."""

import pytest
from tests import world as w

pytestmark = pytest.mark.django_db

ALLOWED = {"province": w.province("handler"), "auditor": w.actor("auditor")}
OTHERS = {
    "city": w.city(w.ZUNYI),
    "applicant": w.actor("applicant"),
    "expert": w.expert("e1"),
    "another province": w.actor("province", "handler", region="440000"),
}


@pytest.mark.parametrize("who", [*ALLOWED, *OTHERS])
def test_the_ranking_is_for_those_who_oversee_the_programme(client, who):
    w.regions.load()
    with w.at("2026-04-16"):
        round_ = w.announce()
        w.signed_in(client, (ALLOWED | OTHERS)[who])
        assert client.get(f"/rounds/{round_.number}/ranking/").status_code == (200 if who in ALLOWED else 404)
        rounds = client.get("/desk/rounds/").content.decode()
    assert (f"/rounds/{round_.number}/ranking/" in rounds) == (who in ALLOWED)
    assert ("/guizhou-clusters/2025-trial/open/round/" in rounds) == (who == "province")
