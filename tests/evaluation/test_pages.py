"""The pages of a ranking and of its checks: who may see them, what they say, how often they ask."""

import tempfile
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests import world as w
from tests.evaluation.scored_rounds import announced, evenly, judged

from cultivar.cases.models import Case
from cultivar.evaluation.models import Expert
from cultivar.registry.models import Office, Person

pytestmark = pytest.mark.django_db

ALLOWED = {"province": w.province("handler"), "auditor": w.actor("auditor")}
OTHERS = {
    "city": w.city(w.ZUNYI),
    "applicant": w.actor("applicant"),
    "expert": w.expert("e1"),
    "another province": w.actor("province", "handler", region="440000"),
}
PAGES = ("ranking/", "ranking.xlsx", "checks/", "checks/?show=panels", "checks/?show=repeats")


@pytest.mark.parametrize("who", [*ALLOWED, *OTHERS])
def test_the_ranking_and_its_checks_are_for_those_who_oversee_the_programme(client, who):
    w.regions.load()
    with w.at("2026-04-16"):
        round_ = w.announce()
        judged(round_, "A", evenly(80))
        w.signed_in(client, (ALLOWED | OTHERS)[who])
        for page in PAGES:
            answer = client.get(f"/rounds/{round_.number}/{page}")
            assert answer.status_code == (200 if who in ALLOWED else 404)
            assert b"".join(answer)  # a workbook is streamed: read to its end, its file is closed
        rounds = client.get("/desk/rounds/").content.decode()
    assert (f"/rounds/{round_.number}/ranking/" in rounds) == (who in ALLOWED)
    assert ("/guizhou-clusters/2025-trial/open/round/" in rounds) == (who == "province")
    public = client.get(f"/rounds/{round_.number}/").content.decode()
    assert "影子分" not in public
    assert "入围把握" not in public


def page_of(client, round_: Case, page: str = "ranking/", who: str = "province") -> str:
    """The page as an office reads it."""
    w.signed_in(client, ALLOWED[who])
    return str(client.get(f"/rounds/{round_.number}/{page}").content.decode())


def test_the_ranking_says_what_decided_who_gave_way_and_which_sheets_were_left_out(client):
    liquor = {"kind": "field", "value": "sauce-liquor", "most": 1}
    rule = {"drop": True, "ties": ["innovation", "draw"], "quotas": [liquor]}
    round_ = announced(panel=3, quota=2, scoring=rule)
    judged(round_, "A", {"a": (50, 35), "b": (50, 30), "c": (50, 28), "d": (50, 30)})
    judged(round_, "B", {"a": (60, 25), "b": (55, 25), "c": (50, 25), "d": (55, 25)})
    judged(round_, "C", {"a": (40, 25), "b": (40, 25), "c": (40, 25), "d": (40, 25)}, field="eco-food")
    judged(round_, "D", {"a": (40, 20)}, field="eco-food", seats="abcd")
    judged(round_, "E", {"a": (45, 25), "b": (45, 25), "c": (45, 25), "d": (45, 25)})
    pool = Office.objects.create(
        key="pool", body="expert", name_zh="库", name_en="P", short_zh="库", short_en="P"
    )
    person = Person.objects.create(key="a", login="a", name="专家甲（虚构）")
    Expert.objects.create(person=person, pool=pool, number="E07", kind="technology")
    page = page_of(client, round_)
    for words in (
        "通知的计分规则",
        "去掉最高分 85（专家甲（虚构） E07）",
        "去掉最低分 78（c）",
        "与上一名同分，“创新”25.00 分在后",
        "“集群B（虚构）”第 2 名，让位给“集群C（虚构）”（第 4 名）：酱香白酒至多 1 个。",
        "“集群E（虚构）”第 3 名，不能入列：酱香白酒至多 1 个。",
        "“D”只有 1 份评分表",
        "1/4 份已交",
        "宜有 7 份以上",
        f"种子是 cultivar-bootstrap/1 {round_.number}，",
        "名次只按官方分",
    ):
        assert words in page
    assert page.count(">内</span>") == 2
    assert 'class="cut"' not in page  # the second place is not the second row's
    assert "影子分" in page_of(client, round_, who="auditor")


def test_a_round_without_a_rule_of_its_own_says_so(client):
    page = page_of(client, announced())
    assert "通知没有另定计分规则" in page
    assert "还没有评分表" in page


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"),
    [("ranking/", 11), ("checks/", 10), ("checks/?show=panels", 10), ("checks/?show=repeats", 9)],
)
def test_no_page_asks_more_often_for_more_applications(
    client, page, queries, many, django_assert_num_queries
):
    earlier, round_ = announced(), announced(quota=1, panel=3, scoring={"drop": True})
    for at in range(many):
        subject = w.cluster(w.ZUNYI, at)
        same = {"subject": subject, "applicant": subject.organisation}
        judged(earlier, f"P{at}", evenly(70 + at), **same)
        for twin in "AB":
            judged(round_, f"{twin}{at}", evenly(80 + at, experts=f"abc{at}"), **same)
    address = f"/rounds/{round_.number}/{page}"
    w.signed_in(client, w.province("handler"))
    client.get(address)
    with django_assert_num_queries(queries):
        shown = client.get(address).content.decode()
    assert shown.count("集群A") >= many


def test_the_checks_name_who_is_harsh_and_which_sheet_stands_apart_without_a_verdict(client):
    round_ = announced()
    for at in range(4):
        high = 5 * at
        judged(round_, f"A{at}", {"a": (40 + high, 30), "b": (41 + high, 30), "h": (25 + high, 30)})
    judged(round_, "A4", {"a": (41, 30), "b": (30, 20), "h": (25, 30)})
    page = page_of(client, round_, "checks/")
    assert "这里只有线索，没有结论" in page
    severity, residuals = page.split('id="residuals"')
    assert severity.index('<th scope="row">h</th>') < severity.index('<th scope="row">a</th>')
    assert "集群A4" in residuals.split("</tr>")[1]
    panels = page_of(client, round_, "checks/?show=panels")
    assert panels.count("集群A") == 5
    assert "ICC2k" in panels


def test_agreement_says_why_it_is_not_defined(client):
    round_ = announced()
    judged(round_, "A", evenly(80))
    judged(round_, "B", evenly(80, experts="ab"), seats="abc")
    judged(round_, "C", evenly(80, experts="xy"))
    pool = Office.objects.create(
        key="pool", body="expert", name_zh="库", name_en="P", short_zh="库", short_en="P"
    )
    person = Person.objects.create(key="a", login="a", name="专家甲（虚构）")
    Expert.objects.create(person=person, pool=pool, number="E07", kind="technology")
    page = page_of(client, round_, "checks/?show=panels")
    assert "专家甲（虚构） E07" in page
    assert "缺 1 份评分表，没有定义" in page
    assert "系数没有定义" in page  # every total is the same
    assert "另有 1 个申报的专家组没有评别的申报" in page


def test_an_expert_who_judged_the_same_applicant_before_is_a_lead(client):
    earlier, round_ = announced(), announced()
    subject, other = w.cluster(w.ZUNYI, 1), w.cluster(w.BIJIE, 2)
    judged(earlier, "P1", evenly(70, experts="ab"), subject=subject, applicant=subject.organisation)
    judged(round_, "A1", evenly(80, experts="bc"), subject=other, applicant=subject.organisation)
    judged(round_, "A2", evenly(80, experts="a"), subject=other, applicant=other.organisation)
    page = page_of(client, round_, "checks/?show=repeats")
    assert page.count("<code>P1</code>") == 1
    assert '<th scope="row">b</th>' in page
    assert "集群A2" not in page
    assert "没有专家在别的批次" in page_of(client, announced(), "checks/?show=repeats")


def test_the_workbook_has_the_whole_order_and_leads_on_a_sheet_of_their_own(client):
    round_ = announced(quota=1)
    judged(round_, "A", evenly(80))
    judged(round_, "B", evenly(100), name_zh="=1+1")
    judged(round_, "C", evenly(60), stage="withdrawn", final="closed")
    w.signed_in(client, w.province("handler"))
    answer = client.get(f"/rounds/{round_.number}/ranking.xlsx")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(b"".join(answer.streaming_content))
        book = CalamineWorkbook.from_path(path)
        order, leads, rule = (book.get_sheet_by_index(at).to_python() for at in range(3))
        with zipfile.ZipFile(path) as parts:
            assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "sheet" in name)
    assert [row[:3] for row in order[1:]] == [
        [1, "B", "=1+1"],
        [2, "A", "集群A（虚构）"],
        ["", "C", "集群C（虚构）"],
    ]
    assert [row[6:8] for row in order[1:]] == [["内", 100], ["外", 80], ["", 60]]
    assert "影子分" not in order[0]
    assert [row[:2] for row in leads[1:]] == [["B", "=1+1"], ["A", "集群A（虚构）"]]
    assert ["名额", "1"] in rule
