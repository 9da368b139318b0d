"""The pool of experts: what a workbook may say, that it goes in as it says, who may see it, and how a term ends."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import world as w
from tests.roster.books import code, write

from cultivar.evaluation import pool_queries as q
from cultivar.evaluation.models import Expert
from cultivar.evaluation.pool import ExpertRow, TieRow, release, take, unnumbered
from cultivar.evaluation.pool_sheets import field_names, read_pool
from cultivar.evaluation.pool_workbook import write_pool
from cultivar.registry import regions
from cultivar.registry.models import Holding, Office, Person, Region
from cultivar.registry.queries import holders
from cultivar.roster.opening import opened
from cultivar.roster.places import Places

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 16)
HEAD = [
    "编号",
    "姓名",
    "类别",
    "职称",
    "工作所在地",
    "领域",
    "行业代码",
    "每批最多评审件数",
    "聘期起",
    "聘期止",
]
TIE_HEAD = ["编号", "关系", "单位名称", "统一社会信用代码", "起", "止"]
AWAY_HEAD = ["编号", "起", "止"]
PLACES = Places(regions.read())


@pytest.fixture
def pool() -> Office:
    """A pool of Guizhou without experts."""
    regions.load()
    names = {"name_zh": "专家库（虚构）", "name_en": "Pool", "short_zh": "专家库", "short_en": "Pool"}
    return Office.objects.create(key="pool", body="expert", region_id="520000", **names)


def row(number: str = "E1", **more) -> ExpertRow:
    """An expert as a file states it."""
    given = {
        "name": f"专家{number}（虚构）",
        "kind": "technology",
        "title": "教授",
        "region": "520300",
        "knowledge": frozenset({("guizhou-clusters", "new-energy"), ("gb4754", "3841")}),
        "most": 12,
        "from_on": date(2026, 1, 1),
        "ties": (TieRow("employed", code(1), "测试大学（虚构）", date(2020, 9, 1)),),
        "absences": ((date(2026, 8, 3), date(2026, 8, 14)),),
    }
    return ExpertRow(number, **{**given, **more})


def read(path, pool):
    """What a workbook says."""
    with opened(path) as book:
        return read_pool(book, field_names(q.programmes_of(pool)), PLACES)


def sentences(reading) -> list[str]:
    return [one.sentence.zh for one in reading.findings.kept]


def stored(pool) -> list[ExpertRow]:
    """What stands in a pool, as rows."""
    return [q.as_row(one) for one in q.experts(Office.objects.filter(pk=pool.pk), TODAY)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_exported_is_imported_as_it_was(pool, tmp_path, language):
    rows = [
        row("E1"),
        row(
            "E2", kind="finance", title="", region="", knowledge=frozenset(), most=None, ties=(), absences=()
        ),
        row(
            "E3",
            until_on=date(2028, 12, 31),
            ties=(TieRow("adviser", "", "=公司（虚构）"), TieRow("owner", code(2), "甲")),
        ),
    ]
    assert take(pool, rows, TODAY).new == 3
    names = {one.code: one.short for one in Region.objects.all()}
    write_pool(tmp_path / "a.xlsx", stored(pool), q.programmes_of(pool), names, language)
    reading = read(tmp_path / "a.xlsx", pool)
    assert sentences(reading) == []
    assert take(pool, reading.rows, TODAY).same == 3
    assert {one.number: (set(one.ties or ()), one.absences) for one in stored(pool)} == {
        one.number: (set(one.ties or ()), one.absences) for one in rows
    }


def test_each_change_is_taken_and_the_same_twice_changes_nothing(pool):
    take(pool, [row()], TODAY)
    changes = (
        {"name": "另名（虚构）"},
        {"kind": "industry"},
        {"title": "研究员"},
        {"region": "520100"},
        {"most": None},
        {"knowledge": frozenset({("gb4754", "15")})},
        {"until_on": date(2027, 6, 30)},
        {"ties": ()},
        {"absences": ()},
    )
    said: dict = {}
    for change in changes:
        said |= change
        assert take(pool, [row(**said)], TODAY).changed == 1, change
        assert take(pool, [row(**said)], TODAY).same == 1, change
        (now,) = stored(pool)
        assert now == row(**said)
    silent = {**said, "ties": None, "absences": None}
    assert take(pool, [row(**silent)], TODAY).same == 1


def test_a_term_that_ended_is_not_opened_by_the_same_file_again(pool):
    take(pool, [row()], TODAY)
    expert = Expert.objects.get()
    assert holders(["expert"], TODAY, "520000") == {expert.person.key: expert.person.name}
    release(expert, TODAY)
    assert holders(["expert"], TODAY, "520000") == {}
    assert take(pool, [row()], TODAY).same == 1
    assert holders(["expert"], TODAY, "520000") == {}
    assert take(pool, [row(from_on=date(2026, 4, 17))], TODAY).changed == 1  # named anew
    assert list(holders(["expert"], date(2026, 4, 17), "520000")) == [expert.person.key]
    assert Holding.objects.filter(person=expert.person).count() == 2


def test_who_is_let_go_on_the_first_day_or_before_it_cannot_be_named(pool):
    take(pool, [row("E1", from_on=TODAY), row("E2", from_on=date(2026, 5, 1))], TODAY)
    assert [q.state_of(one, TODAY) for one in q.experts(Office.objects.all(), TODAY)] == ["serving", "coming"]
    for expert in Expert.objects.all():
        release(expert, TODAY)
    assert holders(["expert"], TODAY, "520000") == holders(["expert"], date(2026, 5, 2), "520000") == {}
    assert [q.state_of(one, TODAY) for one in q.experts(Office.objects.all(), TODAY)] == ["ended", "ended"]


def remarks(taken) -> list[tuple[str, bool]]:
    return [(one.kind, one.blocks) for one in taken.remarks]


def test_a_row_that_stands_against_the_register_is_told_and_keeps_no_other_back(pool):
    take(pool, [row("E1"), row("E2")], TODAY)
    release(Expert.objects.get(number="E2"), TODAY)
    rows = [
        row("E1", from_on=None, until_on=date(2025, 12, 31)),  # before it began
        row("E2", name="另一人（虚构）", from_on=date(2026, 5, 1)),  # the number of somebody who is gone
        row("E3", from_on=None, until_on=date(2025, 1, 1)),
        row("E4"),
    ]
    checked = take(pool, rows, TODAY, only_check=True)
    assert remarks(checked) == [("backwards", True), ("reused", True), ("backwards", True)]
    assert (checked.new, checked.changed, checked.same) == (1, 0, 0)
    assert not Expert.objects.filter(number="E4").exists()
    assert remarks(take(pool, rows, TODAY)) == remarks(checked)
    assert {one.number: one.person.name for one in Expert.objects.select_related("person")} == {
        "E1": "专家E1（虚构）",
        "E2": "专家E2（虚构）",
        "E4": "专家E4（虚构）",
    }


def test_what_is_worth_a_look_is_a_hint(pool):
    take(pool, [row("E1"), row("E2")], TODAY)
    release(Expert.objects.get(number="E2"), TODAY)
    taken = take(pool, [row("E1", name="改名（虚构）"), row("E2")], TODAY)
    assert remarks(taken) == [("renamed", False), ("ended", False)]
    assert (taken.changed, taken.same) == (1, 1)


def test_whoever_is_in_office_without_a_number_is_described_and_not_doubled(pool):
    old = [Person.objects.create_user(f"old-{n}", name) for n, name in enumerate(("老专家", "同名", "同名"))]
    for person in old:
        Holding.objects.create(person=person, office=pool, from_on=date(2025, 1, 1))
    assert unnumbered(pool, TODAY) == old
    taken = take(pool, [row("E1", name="老专家"), row("E2", name="同名")], TODAY)
    assert remarks(taken) == [("linked", False), ("namesakes", True)]
    assert Expert.objects.get().person == old[0]
    assert len(holders(["expert"], TODAY, "520000")) == 3
    assert unnumbered(pool, TODAY) == old[1:]


def test_what_a_file_does_not_speak_of_stays(pool, tmp_path):
    take(pool, [row(until_on=date(2027, 1, 1))], TODAY)
    (before,) = stored(pool)
    reading = read(write(tmp_path / "a.xlsx", {"专家": [HEAD[:3], ["E1", before.name, "技术"]]}), pool)
    assert take(pool, reading.rows, TODAY).same == 1
    reading = read(
        write(tmp_path / "b.xlsx", {"专家": [[*HEAD[:3], "领域"], ["E1", before.name, "技术", ""]]}), pool
    )
    assert take(pool, reading.rows, TODAY).changed == 1
    assert stored(pool)[0].knowledge == {("gb4754", "3841")}


def test_a_wrong_tie_loses_none_that_stands_and_none_is_said_in_a_word(pool, tmp_path):
    take(pool, [row("E1"), row("E2")], TODAY)
    people = [HEAD[:3], ["E1", "专家E1（虚构）", "技术"], ["E2", "专家E2（虚构）", "技术"]]
    ties = [
        TIE_HEAD,
        ["E1", "顾问", "甲公司（虚构）", code(3)],
        ["E1", "任职", "乙（虚构）", "123"],
        ["E2", "没有"],
    ]
    away = [AWAY_HEAD, ["E2", "", ""]]
    reading = read(
        write(tmp_path / "a.xlsx", {"专家": people, "任职与关系": ties, "不能参加的日子": away}), pool
    )
    assert len(sentences(reading)) == 1
    before = {one.number: one for one in stored(pool)}
    assert take(pool, reading.rows, TODAY).changed == 1
    after = {one.number: one for one in stored(pool)}
    assert after["E1"] == before["E1"]
    assert (after["E2"].ties, after["E2"].absences) == ((), ())


def test_a_heading_is_found_below_a_row_that_holds_one_of_its_words(pool, tmp_path):
    rows = [["编号", "2026-01"], ["名单（虚构）"], HEAD[:3], ["e1", "甲", "技术"], ["E1", "乙", "技术"]]
    reading = read(write(tmp_path / "a.xlsx", {"专家": rows}), pool)
    assert [one.number for one in reading.rows] == ["E1"]  # e1 is the same number
    assert sentences(reading) == ["“专家”表 5 行 A 列：编号与 4 行重复。一人一行，编号不重复。"]


def test_nobody_gets_a_login_that_somebody_has_or_a_password(pool):
    other = Office.objects.create(
        key="other", body="expert", region_id="440000", name_zh="乙", name_en="B", short_zh="乙", short_en="B"
    )
    take(pool, [row("E1")], TODAY)
    take(other, [row("E1")], TODAY)
    people = [one.person for one in Expert.objects.select_related("person")]
    assert len({one.login for one in people}) == 2
    assert not any(one.has_usable_password() for one in people)


WRONG = {
    "no number": (["", "甲", "技术"], "没有填编号。"),
    "odd number": (["甲/1", "甲", "技术"], "编号“甲/1”只能用字母、数字和连字符，最多 30 个。"),
    "no name": (["E9", "", "技术"], "没有填姓名。"),
    "no kind": (["E9", "甲", "神秘"], "“神秘”不在可选之列。从这些里选：技术、产业、财务金融、管理。"),
    "nowhere": (["E9", "甲", "技术", "", "火星"], "工作所在地“火星”认不出，请写市（州）名称。"),
    "no field": (["E9", "甲", "技术", "", "", "炼金术"], "领域“炼金术”不在任何项目文件里。"),
    "no industry": (
        ["E9", "甲", "技术", "", "", "", "9999"],
        "行业代码“9999”认不出，请填 GB/T 4754-2017 的 2 至 4 位代码。",
    ),
    "half a case": (["E9", "甲", "技术", "", "", "", "", 1.5], "“1.5”不是 1 到 999 的整数。"),
    "backwards": (
        ["E9", "甲", "技术", "", "", "", "", "", date(2026, 5, 1), date(2026, 4, 1)],
        "止日早于起日。",
    ),
    "twice": (["E1", "甲", "技术"], "编号与 2 行重复。一人一行，编号不重复。"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_row_is_told_and_keeps_no_other_back(pool, tmp_path, name):
    cells, sentence = WRONG[name]
    good = ["E1", "良（虚构）", "Technology", "", "遵义", "new-energy", "C15;3841"]
    reading = read(write(tmp_path / "a.xlsx", {"专家": [HEAD, good, cells]}), pool)
    (said,) = sentences(reading)
    assert said.startswith("“专家”表 3 行")
    assert sentence in said
    assert [one.number for one in reading.rows] == ["E1"]
    assert ("gb4754", "15") in reading.rows[0].knowledge


def test_other_sheets_are_told_too_and_found_by_their_headings(pool, tmp_path):
    book = {
        "Sheet1": [["专家名单（虚构）"], HEAD, ["E1", "甲", "管理"]],
        "Sheet2": [TIE_HEAD, ["E1", "任职", "某大学", "915203000000000000"], ["E7", "顾问", "某公司"]],
        "Sheet3": [AWAY_HEAD, ["E1", date(2026, 5, 1), date(2026, 5, 8)], ["E1", "", date(2026, 5, 8)]],
        "别的": [["随便"], [1]],
    }
    reading = read(write(tmp_path / "a.xlsx", book), pool)
    places = [one.place.zh for one in reading.findings.kept]
    assert places == ["“Sheet2”表 2 行 D 列", "“Sheet3”表 3 行 B 列", "整个文件"]
    (one,) = reading.rows
    assert one.ties is None  # a row of its is wrong: nothing is lost
    assert one.absences is None


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [([["a", "b"], [1, 2]], "没有找到专家表。"), ([["编号", "姓名"], ["E1", "甲"]], "缺少列：类别。")],
)
def test_a_book_without_what_is_needed_is_told(pool, tmp_path, rows, sentence):
    reading = read(write(tmp_path / "a.xlsx", {"表": rows}), pool)
    assert any(sentence in one for one in sentences(reading))
    assert reading.rows == []


# ------------------------------------------------------------------------------------------------------- pages

KEEPERS = {"handler": w.province("handler")}
READERS = {"auditor": w.actor("auditor")}
OTHERS = {
    "publisher": w.province("publisher"),
    "city": w.city(w.ZUNYI),
    "applicant": w.actor("applicant"),
    "expert": w.expert("e1"),
}
ADDRESSES = {
    "/desk/experts/": "read",
    "/desk/experts/pool/of/E1/": "read",
    "/desk/experts/pool/template.xlsx": "keep",
    "/desk/experts/pool/experts.xlsx": "keep",
    "/desk/experts/pool/import/": "keep",
}


@pytest.mark.parametrize("who", [*KEEPERS, *READERS, *OTHERS])
def test_pools_are_for_those_who_name_experts_and_for_auditors(client, pool, who):
    take(pool, [row()], TODAY)
    w.signed_in(client, (KEEPERS | READERS | OTHERS)[who])
    for address, needs in ADDRESSES.items():
        answer = client.get(address)
        if answer.streaming:  # to close the answer would close the test's connection
            assert b"".join(answer.streaming_content)[:2] == b"PK"
        status = answer.status_code
        if who in KEEPERS or (who in READERS and needs == "read"):
            assert status == 200, address
        else:
            assert status in (403, 404), address
    ended = client.post("/desk/experts/pool/of/E1/end/").status_code
    assert (ended == 302) == (who in KEEPERS)
    assert bool(holders(["expert"], w.clock.today(), "520000")) == (who not in KEEPERS)
    menu = client.get("/desk/", follow=True).content.decode()
    assert ('href="/desk/experts/"' in menu) == (who in KEEPERS | READERS)


def test_another_provinces_pool_does_not_exist_here(client, pool):
    take(pool, [row()], TODAY)
    w.signed_in(client, w.actor("province", "handler", region="140000"))
    assert "专家E1" not in client.get("/desk/experts/").content.decode()
    for address in (
        "/desk/experts/pool/of/E1/",
        "/desk/experts/pool/experts.xlsx",
        "/desk/experts/pool/import/",
    ):
        assert client.get(address).status_code == 404
    assert client.post("/desk/experts/pool/of/E1/end/").status_code == 404


def test_an_office_that_names_experts_opens_its_pool_once(client):
    regions.load()
    w.signed_in(client, w.province("handler"))
    assert "设立专家库" in client.get("/desk/experts/").content.decode()
    first, again = (client.post("/desk/experts/open/") for _ in range(2))
    assert first.url == again.url == "/desk/experts/experts-520000-expert/import/"
    assert Office.objects.filter(body="expert").count() == 1
    assert client.get(first.url).status_code == 200
    w.signed_in(client, w.city(w.ZUNYI))
    assert client.post("/desk/experts/open/").status_code == 403


@pytest.mark.parametrize("many", [1, 3])
def test_a_list_asks_as_often_however_long_it_is(client, pool, many, django_assert_num_queries):
    take(pool, [row(f"E{n}") for n in range(many)], TODAY)
    w.signed_in(client, w.province("handler"))
    client.get("/desk/experts/")
    with django_assert_num_queries(QUERIES):
        page = client.get("/desk/experts/").content.decode()
    assert page.count("（虚构）</a>") == many


QUERIES = 14


def test_the_list_is_narrowed_by_what_is_asked(client, pool):
    rows = [
        row("E1"),
        row("E2", kind="finance", knowledge=frozenset()),
        row("E3", absences=((date(2020, 1, 1), date(2099, 1, 1)),)),
        row("E4", from_on=date(2025, 1, 1), until_on=date(2025, 6, 1)),
    ]
    take(pool, rows, TODAY)
    w.signed_in(client, w.province("handler"))

    def shown(query: str) -> set[str]:
        text = client.get(f"/desk/experts/?{query}").content.decode()
        return {one.number for one in rows if f">{one.name}</a>" in text}

    assert shown("") == {"E1", "E2", "E3", "E4"}
    assert shown("kind=finance") == {"E2"}
    assert shown("field=guizhou-clusters:new-energy") == {"E1", "E3", "E4"}
    assert shown("state=serving") == {"E1", "E2"}
    assert shown("state=absent") == {"E3"}
    assert shown("state=ended") == {"E4"}
    assert shown("q=e2") == {"E2"}


def test_a_workbook_is_checked_then_taken_and_told(client, pool, tmp_path):
    w.signed_in(client, w.province("handler"))
    book = write(tmp_path / "a.xlsx", {"专家": [HEAD, ["E1", "良（虚构）", "技术"], ["E2", "", "技术"]]})

    def send(**more):
        file = SimpleUploadedFile("a.xlsx", book.read_bytes())
        return client.post("/desk/experts/pool/import/", {"file": file, **more})

    checked = send(only_check="on")
    assert checked.status_code == 200
    assert not Expert.objects.exists()
    taken = send().content.decode()
    assert "新增 1 位" in taken
    assert "“专家”表 3 行 B 列：没有填姓名。" in taken
    assert Expert.objects.get().number == "E1"
    assert client.post("/desk/experts/pool/import/", {}).status_code == 422
    broken = SimpleUploadedFile("b.xlsx", b"%PDF-1.7")
    answer = client.post("/desk/experts/pool/import/", {"file": broken})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
