"""The pages on which an office sees who may judge what and says which names are one organisation."""

import pytest
from tests import world as w
from tests.evaluation import judging as j

from cultivar.evaluation.circumstances_query import circumstances
from cultivar.evaluation.models import IdentityAnswer

pytestmark = pytest.mark.django_db
SPELLINGS = ("遵义虚构酒业有限公司", "遵义市虚构酒业股份有限公司")


@pytest.fixture
def asked():
    """A round with one application, and an expert employed under another spelling of a member."""
    round_, (case,) = j.admitted(members=[SPELLINGS[0]])
    j.tie(j.expert("A"), "employed", SPELLINGS[1])
    return round_, case


def page(client, round_, who=None, more: str = "") -> str:
    w.signed_in(client, who or w.province("handler"))
    with w.at("2026-05-20"):
        return client.get(f"/rounds/{round_.number}/conflicts/{more}").content.decode()


def post(client, round_, where: str, who=None, **data: str):
    w.signed_in(client, who or w.province("handler"))
    with w.at("2026-05-20"):
        return client.post(f"/rounds/{round_.number}/conflicts/{where}/", data)


def keys(round_) -> dict[str, str]:
    (question,) = circumstances(round_.number, j.DAY).findings.questions
    return {"one": question.one, "other": question.other}


def test_an_application_nobody_may_judge_stands_first_with_the_reason(client):
    round_, (first, second) = j.admitted(2)
    j.tie(j.expert("A"), "employed", "别的写法", j.member(w.cluster(w.ZUNYI, 2), 900))
    j.expert("B").knowledge.all().delete()
    text = page(client, round_)
    assert text.index(second.number) < text.index(first.number)
    assert "1 件无人可评" in text
    assert "可参加的 2 位专家中：1 位匹配不足 35 分，1 位须回避，0 位待核实" in text
    pairs = page(client, round_, more="pairs/")
    assert "别的写法" in pairs
    assert "是集群成员单位" in pairs


def test_two_spellings_are_asked_once_and_the_answer_decides(client, asked):
    round_, _ = asked
    text = page(client, round_)
    assert SPELLINGS[0] in text
    assert SPELLINGS[1] in text
    assert "1 位待核实" in text
    assert post(client, round_, "answer", same="yes", **keys(round_)).status_code == 302
    text = page(client, round_)
    assert "是不是同一单位" not in text
    assert "1 位须回避，0 位待核实" in text
    with w.at("2026-05-20"):
        kept = page(client, round_, more="answers/")
    assert "同一单位" in kept


def test_an_answer_is_corrected_with_a_reason_and_stays_on_record(client, asked):
    round_, _ = asked
    post(client, round_, "answer", same="yes", **keys(round_))
    number = str(IdentityAnswer.objects.get().pk)
    refused = post(client, round_, "answers", answer=number, reason=" ")
    assert refused.status_code == 422
    assert "没有写改正的理由" in refused.content.decode()
    assert post(client, round_, "answers", answer=number, reason="两张营业执照（虚构）").status_code == 302
    assert circumstances(round_.number, j.DAY).findings.conflicts == ()
    assert IdentityAnswer.objects.count() == 2
    again = post(client, round_, "answers", answer=number, reason="再改")
    assert "已经改过" in again.content.decode()


@pytest.mark.parametrize(
    "data", [{"one": "name:x", "other": "name:y", "same": "yes"}, {"same": "perhaps"}, {}]
)
def test_what_was_not_asked_cannot_be_answered(client, asked, data):
    assert post(client, asked[0], "answer", **data).status_code == 422
    assert not IdentityAnswer.objects.exists()


def test_a_question_that_was_answered_meanwhile_is_said_to_be_gone(client, asked):
    round_, _ = asked
    said = keys(round_)
    post(client, round_, "answer", same="no", **said)
    assert "这个问题已经不在了" in post(client, round_, "answer", same="yes", **said).content.decode()
    assert not IdentityAnswer.objects.get().same


AUDITOR = w.actor("auditor", region="520000")
OTHERS = [
    w.expert("A"),
    w.city(w.ZUNYI),
    w.actor("applicant", organisation="x"),
    w.actor("province", "handler", region="440000"),
    w.province("publisher"),
]


@pytest.mark.parametrize("where", ["", "pairs/", "answers/"])
@pytest.mark.parametrize("who", OTHERS, ids=lambda one: f"{one.body}-{one.post}-{one.region}")
def test_for_all_others_there_is_no_such_page(client, asked, who, where):
    if who.organisation:
        who = w.applicant(w.cluster())
    elif who.region == "440000":
        who = w.actor("province", "handler", region="440000", person="elsewhere")
    w.signed_in(client, who)
    assert client.get(f"/rounds/{asked[0].number}/conflicts/{where}").status_code == 404


def test_an_auditor_reads_and_answers_nothing(client, asked):
    round_, _ = asked
    text = page(client, round_, AUDITOR)
    assert SPELLINGS[0] in text
    assert 'name="same"' not in text
    assert post(client, round_, "answer", AUDITOR, same="yes", **keys(round_)).status_code == 403
    assert post(client, round_, "answers", AUDITOR, answer="1", reason="x").status_code == 403


def test_the_list_of_pairs_is_narrowed(client):
    round_, _ = j.admitted(members=["甲酒厂（虚构）"])
    for number in ("A1", "B1"):
        j.tie(j.expert(number), "employed", "甲酒厂（虚构）", j.code(100))
    j.tie(j.expert("C1"), "owner", "甲酒厂（虚构）", j.code(100))
    assert "3 对" in page(client, round_, more="pairs/")
    assert "1 对" in page(client, round_, more="pairs/?q=a1")
    assert "2 对" in page(client, round_, more="pairs/?rule=member")
    assert "0 对" in page(client, round_, more="pairs/?application=no-such")
    assert "没有这样的回避" in page(client, round_, more="pairs/?rule=city")


def test_dates_that_run_backwards_are_said_and_no_fault(client):
    round_, _ = j.admitted(members=["甲酒厂（虚构）"])
    j.tie(j.expert("A"), "employed", "甲", since=j.date(2025, 1, 2), until=j.date(2025, 1, 1))
    for where in ("", "pairs/"):
        assert "起止时间颠倒" in page(client, round_, more=where)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("where", "queries"), [("", 22), ("pairs/", 23), ("answers/", 8)])
def test_as_many_queries_for_one_as_for_three(client, number, where, queries, django_assert_num_queries):
    round_, _ = j.admitted(number, members=[SPELLINGS[0]])
    for place in range(number):
        one = j.expert(f"E{place}")
        j.tie(one, "employed", f"第{place}大学（虚构）")
        j.tie(one, "employed", "甲", j.code(100))
        said = {
            "one": f"a{place}",
            "other": f"b{place}",
            "same": True,
            "person": one.person.key,
            "at": w.clock.now(),
        }
        IdentityAnswer.objects.create(region_id="520000", office="x", **said)
    with w.at("2026-05-20"):
        w.signed_in(client, w.province("handler"))
        client.get("/desk/")
        with django_assert_num_queries(queries):
            client.get(f"/rounds/{round_.number}/conflicts/{where}")
