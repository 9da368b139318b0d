"""What the public sees: published facts only, in both languages, at a known number of queries."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from tests import world as w

from cultivar.cases.models import Case, Evidence, NoticeItem, RoundNotice, Subject, TitleChange
from cultivar.cases.opening import open_on_case, open_on_title
from cultivar.cases.programmes import catalogue
from cultivar.cases.public_pages import certificate_number
from cultivar.cases.replay import replay
from cultivar.ledger.models import Entry
from cultivar.registry.actors import PUBLIC

pytestmark = pytest.mark.django_db

OBJECTION = {"kind": "person", "name": "张三（虚构）", "contact": "13800000000", "facts": "数据不实（虚构）"}
TODAY = "2026-05-27"


def on_notice(number: int) -> list[Case]:
    """So many cases on one notice from 26 May 2026; the first is a joint one."""
    with w.at("2026-04-16"):
        round_ = w.announce()
        cases = []
        for position in range(1, number + 1):
            of = w.cluster(w.ZUNYI, position)
            partners = [w.BIJIE] if position == 1 else []
            case = w.application(round_, of, partners)
            w.to_city_review(case, of)
            w.to_recommended(case, of, partners)
            cases.append(case)
    with w.at("2026-05-20"):
        for case in cases:
            w.to_listed(case)
    with w.at("2026-05-26"):
        for case in cases:
            w.to_notice(case)
    return cases


def recognise(cases: list[Case]) -> None:
    with w.at("2026-06-03"):
        for case in cases:
            decision = {"decision": "黔工信〔2026〕9号"}
            w.twice(case, "recognise", w.province("handler"), w.province("reviewer"), decision)


def revoke(grant: TitleChange) -> None:
    handler, reviewer = w.province("handler"), w.province("reviewer")
    with w.at("2026-07-01"):
        said = {"ground": "fraud", "reasons": "弄虚作假（虚构）", "statement-by": "2026-07-15"}
        opened = open_on_title(grant, "revocation", handler, said, key=w.key())
        w.do(opened.case, "propose-revocation", reviewer, step="confirm")
    with w.at("2026-07-16"):
        w.twice(opened.case, "revoke", handler, reviewer, {"decision": "黔工信〔2026〕20号", "reasons": "z"})


def shown(client: Client, address: str, on: str = TODAY, language: str = "zh-hans") -> str:
    with w.at(on):
        answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, address
    return answer.content.decode()


def queries(client: Client, address: str, on: str) -> int:
    with (
        w.at(on),
        CaptureQueriesContext(
            connection,
        ) as caught,
    ):
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize("number", [1, 3])
def test_pages_of_notices_ask_the_same_number_of_queries_however_many_items(client, number):
    cases = on_notice(number)
    round_ = RoundNotice.objects.get().case_id
    asked = {
        "/": 7,
        "/rounds/": 1,
        f"/rounds/{round_}/": 2,
        "/notices/": 6,
        f"/notices/{cases[0].number}/": 4,
        f"/notices/{cases[0].number}/object/": 7,
    }
    client.get("/")  # reads the programme files once
    assert {address: queries(client, address, TODAY) for address in asked} == asked


@pytest.mark.parametrize("number", [1, 3])
def test_pages_of_titles_ask_the_same_number_of_queries_however_many_titles(client, number):
    recognise(on_notice(number))
    asked = {"/": 5, "/titles/": 7, "/titles/C0001/": 7, "/certificate/?number=GZXJJQ-2026-001": 3}
    client.get("/")
    assert {address: queries(client, address, "2026-08-03") for address in asked} == asked


def test_the_home_page_with_everything_on_it_asks_ten_queries(client):
    recognise(on_notice(2))
    revoke(TitleChange.objects.select_related("case").order_by("seq").first())
    with w.at("2026-07-17"):
        round_ = w.announce("2026-07-17T09:00+08:00", "2026-08-28T18:00+08:00")
        of = w.cluster(w.GUIYANG, 5)
        case = w.application(round_, of)
        w.to_city_review(case, of)
        w.to_recommended(case, of)
        w.to_listed(case)
        w.to_notice(case)
    client.get("/")
    assert queries(client, "/", "2026-07-20") == 10
    page = shown(client, "/", on="2026-07-20")
    assert "本批已收申报" in page
    assert "称号撤销" in page


def test_nothing_unpublished_reaches_the_public(client):
    with w.at("2026-04-16"):
        draft = w.application(w.announce(), w.cluster(w.GUIYANG, 7))
    cases = on_notice(2)
    with w.at("2026-05-26", 15):
        filed = open_on_case(
            Case.objects.get(number=cases[0].number), "objection", PUBLIC, OBJECTION, key=w.key()
        )
        w.do(filed.case, "verify", w.province("handler"), {"scope": "秘密事项"})
    secret = ("张三", "13800000000", "数据不实", "秘密事项", "理由充分", "说明（虚构）", "测试集群7", "甲某")
    secret += (draft.number, filed.case, "厅务会纪要", "建议列入", "50.5", "30.5")
    addresses = ["/", "/notices/", "/rounds/", "/titles/", "/titles/C0001/", "/search/?q=测试"]
    addresses += [f"/notices/{cases[0].number}/", f"/notices/{cases[0].number}/object/"]
    for address in addresses:
        page = shown(client, address)
        assert not [word for word in secret if word in page], address
    assert client.get("/titles/C0007/").status_code == 404


def test_a_notice_says_which_day_it_is_and_how_objections_stand_but_not_whose(client):
    first, *_ = on_notice(2)
    with w.at("2026-05-26", 15):
        open_on_case(Case.objects.get(number=first.number), "objection", PUBLIC, OBJECTION, key=w.key())
    page = shown(client, f"/notices/{first.number}/")
    assert "第 2 日，共 5 个工作日" in page
    assert "首日计入；5月30日至5月31日周末不计。" in page
    assert "已收异议 1 件：已提出 1 件" in page
    assert "遵义市、毕节市" in page
    english = shown(client, f"/notices/{first.number}/", language="en")
    assert "Day 2 of 5 working days" in english
    assert "1 objection received (filed: 1)" in english


def test_the_outcome_stands_beside_a_notice_that_is_over(client):
    cases = on_notice(1)
    assert "待作决定" in shown(client, f"/notices/{cases[0].number}/", on="2026-06-02")
    recognise(cases)
    assert "GZXJJQ-2026-001" in shown(client, f"/notices/{cases[0].number}/", on="2026-06-04")


def test_an_objection_is_filed_once_and_answered_with_a_receipt_to_keep(client):
    (case,) = on_notice(1)
    address = f"/notices/{case.number}/object/"
    key = re.search(r'name="key" value="([^"]+)"', shown(client, address)).group(1)
    with w.at(TODAY):
        first = client.post(address, {**OBJECTION, "key": key})
        second = client.post(address, {**OBJECTION, "key": key})
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Entry.objects.filter(kind="object").count() == 1
    receipt = shown(client, first["Location"])
    assert Case.objects.get(procedure="objection").number in receipt
    assert "已提出" in receipt
    assert "张三" not in receipt
    number, code = first["Location"].strip("/").split("/")[1:]
    assert client.get(f"/objections/{number}/{'0' * len(code)}/").status_code == 404
    assert replay() == []


def test_another_objection_from_the_same_page_is_not_lost(client):
    """Who goes back in the browser and writes something else is told so, and can send it."""
    (case,) = on_notice(1)
    address = f"/notices/{case.number}/object/"
    key = re.search(r'name="key" value="([^"]+)"', shown(client, address)).group(1)
    assert "no-store" in client.get(address)["Cache-Control"]
    other = {**OBJECTION, "name": "李四（虚构）", "facts": "另有其事（虚构）"}
    with w.at(TODAY):
        first = client.post(address, {**OBJECTION, "key": key})
        second = client.post(address, {**other, "key": key})
        assert second.status_code == 422
        page = second.content.decode()
        assert "已经提交过一份异议" in page
        assert "另有其事" in page
        fresh = re.search(r'name="key" value="([^"]+)"', page).group(1)
        third = client.post(address, {**other, "key": fresh})
    assert third.status_code == 302
    assert third["Location"] != first["Location"]
    assert Entry.objects.filter(kind="object").count() == 2


def test_proof_goes_to_the_objection_and_is_checked_by_what_it_holds(client, settings, tmp_path):
    settings.EVIDENCE_FOLDER = tmp_path
    (case,) = on_notice(1)
    address = f"/notices/{case.number}/object/"
    lie = SimpleUploadedFile("照片.pdf", b"no such thing")
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")

    def pictures(number: int) -> list[SimpleUploadedFile]:
        return [SimpleUploadedFile(f"{n}.png", picture.getvalue()) for n in range(number)]

    with w.at(TODAY):
        refused = client.post(address, {**OBJECTION, "key": w.key(), "proof": [lie]})
        too_many = client.post(address, {**OBJECTION, "key": w.key(), "proof": pictures(6)})
        taken = client.post(address, {**OBJECTION, "key": w.key(), "proof": pictures(2)})
    assert refused.status_code == too_many.status_code == 422
    assert "照片.pdf" in refused.content.decode()
    assert "最多 5 份，选了 6 份" in too_many.content.decode()
    assert taken.status_code == 302
    filed = Evidence.objects.get(slot="object.proof")
    assert filed.case.procedure == "objection"
    assert Entry.objects.filter(kind="object").count() == 1


def test_a_post_that_is_refused_or_repeated_leaves_no_bytes_behind(client, settings, tmp_path):
    settings.EVIDENCE_FOLDER = tmp_path
    (case,) = on_notice(1)
    address = f"/notices/{case.number}/object/"

    def files(*shades: int) -> list[SimpleUploadedFile]:
        made = []
        for shade in shades:
            picture = io.BytesIO()
            Image.new("L", (8, 8), shade).save(picture, "PNG")
            made.append(SimpleUploadedFile(f"{shade}.png", picture.getvalue()))
        return made

    def kept() -> int:
        return sum(path.is_file() for path in tmp_path.rglob("*"))

    lie = SimpleUploadedFile("照片.pdf", b"no such thing")
    for wrong in ({"facts": "长" * 3001}, {"kind": "x"}, {"name": "\x00"}, {"proof": [*files(1), lie]}):
        with w.at(TODAY):
            answer = client.post(address, {**OBJECTION, "proof": files(2), **wrong})
        assert answer.status_code == 422
        assert kept() == 0
    with w.at(TODAY):
        for shades, status in (((3, 4), 302), ((3, 4), 302), ((5, 6), 422)):
            answer = client.post(address, {**OBJECTION, "key": "once", "proof": files(*shades)})
            assert answer.status_code == status
    assert kept() == Evidence.objects.filter(slot="object.proof").count() == 2


def test_a_file_that_is_too_large_is_named_and_nothing_is_filed(client, settings, tmp_path):
    settings.EVIDENCE_FOLDER, settings.EVIDENCE_MAX_BYTES = tmp_path, 1000
    (case,) = on_notice(1)
    large = SimpleUploadedFile("大文件.pdf", b"%PDF-1.7" + b"0" * 2000)
    with w.at(TODAY):
        answer = client.post(f"/notices/{case.number}/object/", {**OBJECTION, "proof": [large]})
    assert answer.status_code == 422
    assert "大文件.pdf" in answer.content.decode()
    assert not Case.objects.filter(procedure="objection").exists()


def test_a_failed_objection_keeps_what_was_typed_and_says_what_to_do(client):
    (case,) = on_notice(1)
    typed = {**OBJECTION, "name": "", "facts": "长" * 3001}
    with w.at(TODAY):
        answer = client.post(f"/notices/{case.number}/object/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "有 2 处要改" in page
    assert "请填“姓名或单位名称”。" in page
    assert "最多 3000 字，请删去 1 字" in page
    assert "长" * 3001 in page
    assert not Case.objects.filter(procedure="objection").exists()


def test_after_the_notice_an_objection_is_refused_in_words_with_the_article(client):
    (case,) = on_notice(1)
    address = f"/notices/{case.number}/object/"
    with w.at("2026-06-01", 23):
        assert "现在不能" not in client.get(address).content.decode()
    page = shown(client, address, on="2026-06-02")
    assert "不在公示期内。" in page
    assert "第十一条" in page
    with w.at("2026-06-02"):
        late = client.post(address, OBJECTION)
    assert late.status_code == 422
    assert "不在公示期内。" in late.content.decode()
    assert OBJECTION["facts"] in late.content.decode()
    assert not Case.objects.filter(procedure="objection").exists()


def test_the_directory_filters_and_tells_valid_from_revoked(client):
    recognise(on_notice(3))
    grant = TitleChange.objects.select_related("case").order_by("seq").first()
    Case.objects.filter(title_changes__title="GZXJJQ-2026-002").update(field="eco-food")
    revoke(grant)
    later = "2026-08-03"

    def rows(query: str) -> list[str]:
        return sorted(set(re.findall(r"GZXJJQ-2026-\d{3}", shown(client, f"/titles/{query}", on=later))))

    assert rows("") == [f"GZXJJQ-2026-00{n}" for n in (1, 2, 3)]
    assert rows("?state=ended") == ["GZXJJQ-2026-001"]
    assert rows("?state=valid") == ["GZXJJQ-2026-002", "GZXJJQ-2026-003"]
    assert rows("?field=eco-food") == ["GZXJJQ-2026-002"]
    assert rows(f"?region={w.BIJIE}") == []
    assert rows("?q=测试集群3") == ["GZXJJQ-2026-003"]
    assert rows("?q=2026-003&state=nonsense&page=x") == ["GZXJJQ-2026-003"]
    assert "有效称号 2 个" in shown(client, "/titles/", on=later)


def test_a_certificate_is_valid_revoked_or_unknown_in_plain_words(client):
    recognise(on_notice(1))
    address = "/certificate/?number= gzxjjq–2026－001 "
    assert "的称号有效" in shown(client, address, on="2026-06-04")
    revoke(TitleChange.objects.select_related("case").get())
    page = shown(client, address, on="2026-08-03")
    assert "已于2026年7月16日撤销，不再有效" in page
    assert "黔工信〔2026〕20号" in page
    assert "没有发过编号" in shown(client, "/certificate/?number=GZXJJQ-2026-999")
    assert "was ever issued here" in shown(client, "/certificate/?number=GZXJJQ-2026-999", language="en")
    assert "没有发过" not in shown(client, "/certificate/")


@pytest.mark.parametrize(
    ("typed", "number"),
    [("gzxjjq-2026-001", "GZXJJQ-2026-001"), ("ＧＺ－１", "GZ-1"), ("G Z—1", "GZ-1"), ("", "")],
)
def test_a_certificate_number_is_read_as_people_type_it(typed, number):
    assert certificate_number(typed) == number


def test_a_round_shows_all_that_its_notice_fixed_and_only_once_announced(client):
    with w.at("2026-04-16"):
        announced = w.announce(
            quota=12, thresholds={"revenue": "500000"}, **{"notice-text": "一式两份（虚构）"}
        )
        handler = w.province("handler")
        from cultivar.cases.opening import open_round

        names = {"name-zh": "未发布批次", "name-en": "Unannounced"}
        draft = open_round(w.GUIZHOU, "round", handler, names, key=w.key())
    page = shown(client, f"/rounds/{announced.number}/", on="2026-04-17")
    for fact in ("黔工信集群〔2026〕1号", "2026年5月15日 18:00", "10 个工作日", "60 分", "12", "一式两份"):
        assert fact in page
    assert "不低于 500\u2009000 万元" in page
    assert page.count(">通知<") >= 6
    assert "未发布批次" not in shown(client, "/rounds/", on="2026-04-17")
    assert client.get(f"/rounds/{draft.case}/").status_code == 404


def test_search_finds_clusters_notices_rounds_and_says_so_when_it_does_not(client):
    recognise(on_notice(1))
    assert "C0001" in shown(client, "/search/?q=测试集群")
    assert "2026〕2号" in shown(client, "/search/?q=黔工信公示")
    assert "2026年第一批" in shown(client, "/search/?q=第一批")
    assert "没有找到“不存在”" in shown(client, "/search/?q=不存在")
    assert NoticeItem.objects.count() == 1
    assert "C0001" not in shown(client, "/search/?q=")


def test_an_empty_house_still_answers(client):
    for address in ("/", "/rounds/", "/notices/", "/titles/", "/search/", "/certificate/", "/programmes/"):
        assert "None" not in re.sub(r"<[^>]*>", "", shown(client, address))
    for address in ("/rounds/X/", "/notices/X/", "/notices/X/object/", "/titles/X/", "/objections/X/0/"):
        assert client.get(address).status_code == 404
    assert not Subject.objects.exists()


def test_the_reader_has_an_anchor_for_every_article_and_the_identity(client):
    for key, reading in catalogue().items():
        page = shown(client, f"/programmes/{key}/")
        assert reading.digest in page
        for article in reading.programme.articles:
            assert f'id="{article.id}"' in page
            assert article.summary.zh in page
    assert "裁量，由" in page
    assert client.get("/programmes/none/none/").status_code == 404
