"""What an expert declares of their own ties: kept, counted by the rules, withdrawn with a reason."""

import pytest
from tests import world as w
from tests.evaluation import judging as j

from cultivar.evaluation import declaring
from cultivar.evaluation.circumstances_query import circumstances
from cultivar.evaluation.declaring import Declared, NotDeclared, declare, withdraw
from cultivar.evaluation.models import Declaration
from cultivar.registry.actors import Actor

pytestmark = pytest.mark.django_db
SAID = {
    "name": "甲酒厂（虚构）",
    "organisation": "",
    "what": "近亲属任职（虚构）",
    "from_on": "",
    "until_on": "",
}


@pytest.fixture
def regions_known() -> None:
    w.cluster()


def at_the_desk(number: str = "A") -> Actor:
    """An expert at the desk of the pool."""
    return Actor(number, f"专家{number}", "experts", w.Text("库", "pool"), "expert", "", "520000", "")


def go(client, who: Actor | None = None, where: str = "", **data: str):
    w.signed_in(client, who or at_the_desk())
    with w.at("2026-05-20"):
        address = f"/desk/my-ties/{where}"
        return client.post(address, data) if data else client.get(address)


def test_an_expert_declares_and_the_rules_count_it_until_it_is_withdrawn(client):
    round_, _ = j.admitted(members=["甲酒厂（虚构）"])
    j.expert("A")
    assert go(client, **SAID).status_code == 302
    (found,) = circumstances(round_.number, j.DAY).findings.conflicts
    assert (found.expert, found.rule) == ("A", "declared")
    number = str(Declaration.objects.get().pk)
    refused = go(client, where="withdraw/", declaration=number, reason="")
    assert refused.status_code == 422
    assert "没有写撤回的理由" in refused.content.decode()
    assert go(client, where="withdraw/", declaration=number, reason="已离职（虚构）").status_code == 302
    assert circumstances(round_.number, j.DAY).findings.conflicts == ()
    text = go(client).content.decode()
    assert "已撤回" in text
    assert "已离职（虚构）" in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "这个字段是必填项"),
        ({"what": ""}, "这个字段是必填项"),
        ({"organisation": "91520300000001000"}, "统一社会信用代码不对"),
        ({"from_on": "2026-05-02", "until_on": "2026-05-01"}, "止日早于起日"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_kept(client, regions_known, change, says):
    j.expert("A")
    answer = go(client, **{**SAID, **change})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Declaration.objects.exists()


def test_to_say_it_twice_keeps_it_once_and_there_is_an_end_to_it(regions_known, monkeypatch):
    one = j.expert("A")
    declare(one, Declared("甲", "", "亲属"))
    declare(one, Declared("甲", "", "亲属"))
    assert one.declarations.count() == 1
    monkeypatch.setattr(declaring, "MOST", 1)
    with pytest.raises(NotDeclared):
        declare(one, Declared("乙", "", "亲属"))


def test_nobody_withdraws_anothers_declaration(client, regions_known):
    j.expert("A")
    said = declare(j.expert("B"), Declared("甲", "", "亲属"))
    answer = go(client, where="withdraw/", declaration=str(said.pk), reason="不对")
    assert "不是你的" in answer.content.decode()
    assert "亲属" not in answer.content.decode().replace("近亲属任职", "")
    for number in ("", "x", "9" * 30):
        assert go(client, where="withdraw/", declaration=number, reason="不对").status_code == 422
    withdraw(said.expert, said.pk, "已离职")
    with pytest.raises(NotDeclared):
        withdraw(said.expert, said.pk, "再撤")


def test_an_expert_reads_their_own_ties_and_nobody_elses(client, regions_known):
    j.tie(j.expert("A"), "employed", "甲大学（虚构）")
    j.tie(j.expert("B"), "employed", "乙大学（虚构）")
    text = go(client).content.decode()
    assert "甲大学（虚构）" in text
    assert "乙大学（虚构）" not in text


def test_who_is_not_described_in_the_pool_is_told_so(client, regions_known):
    j.pool_of()
    assert "专家库里还没有你的登记" in go(client, at_the_desk("nobody")).content.decode()
    assert go(client, at_the_desk("nobody"), **SAID).status_code in (200, 422)
    assert not Declaration.objects.exists()


@pytest.mark.parametrize("who", [w.province("handler"), w.city(w.ZUNYI), w.actor("auditor", region="520000")])
def test_it_is_no_page_of_other_offices(client, regions_known, who):
    assert go(client, who).status_code == 404
    assert go(client, who, **SAID).status_code == 404
    assert go(client, who, where="withdraw/", declaration="1", reason="x").status_code == 404


def test_the_office_that_keeps_the_pool_and_the_auditor_read_what_was_declared(client, regions_known):
    declare(j.expert("A"), Declared("甲酒厂（虚构）", "", "近亲属任职（虚构）"))
    for who in (w.province("handler"), w.actor("auditor", region="520000")):
        w.signed_in(client, who)
        assert "近亲属任职（虚构）" in client.get("/desk/experts/experts/of/A/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_one_as_for_three(client, regions_known, number, django_assert_num_queries):
    one = j.expert("A")
    for place in range(number):
        j.tie(one, "adviser", f"甲{place}")
        declare(one, Declared(f"乙{place}", "", "亲属"))
    go(client)
    with django_assert_num_queries(7):
        client.get("/desk/my-ties/")
