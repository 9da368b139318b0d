"""Files are known by what they hold, kept under their SHA-256, and given only to whoever may see the case."""

import hashlib
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import world as w
from tests.cases import office, samples

from cultivar.cases import evidence, file_content, file_store
from cultivar.cases.dossier import Closed
from cultivar.cases.models import Case, Evidence, Subject
from cultivar.cases.opening import open_application

pytestmark = pytest.mark.django_db
SLOT = "ev-rd-audit"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"


@pytest.fixture
def of() -> Subject:
    return w.cluster()


@pytest.fixture
def case(of: Subject) -> Case:
    with w.at("2026-04-16"):
        receipt = open_application(w.announce(), "recognition", of, w.applicant(of), key=w.key())
    return Case.objects.get(number=receipt.case)


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(file_content.Refused) as caught:
        file_store.keep(samples.upload(name, content))
    text = caught.value.text
    assert name[:20] in text.zh
    assert name[:20] in text.en
    return text.zh


def bomb_png() -> bytes:
    """A true PNG head that promises 30,000 × 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("研发费用审计.pdf", samples.PDF, "pdf"),
        ("现场.PNG", samples.picture("PNG"), "png"),
        ("现场.jpeg", samples.picture("JPEG"), "jpeg"),
        ("名单.xlsx", samples.workbook(), "xlsx"),
    ],
)
def test_the_four_kinds_are_kept_under_their_hash(name, content, kind):
    kept = file_store.keep(samples.upload(name, content))
    assert (kept.kind, kept.name, kept.size) == (kind, name, len(content))
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    place = file_store.path_of(kept.sha256)
    assert place.relative_to(place.parents[2]).parts == (kept.sha256[:2], kept.sha256[2:4], kept.sha256)
    with file_store.open_file(kept) as file:
        assert file.read() == content
    assert list((place.parents[2] / "incoming").iterdir()) == []


def test_a_name_without_an_ending_gets_the_one_of_its_content():
    assert file_store.keep(samples.upload("扫描件", samples.PDF)).name == "扫描件.pdf"


def test_a_name_that_lies_is_refused_in_words():
    words = refusal("x.pdf", samples.picture("PNG"))
    assert words == "“x.pdf”名为 PDF，内容是 PNG 图片。请核对；内容无误就把名字改成 .png 再传。"
    assert "名为 JPEG 图片，内容是 PDF 文件" in refusal("照片.jpg", samples.PDF)
    assert "名为 PDF，内容是程序" in refusal("x.pdf", b"MZ" + b"\0" * 200)
    assert "内容是Word 文档" in refusal("x.xlsx", samples.archive({"word/document.xml": b"<w/>"}))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "空文件"),
        ("半截.pdf", samples.PDF[:-8], "不完整或已损坏"),
        ("半截.png", samples.picture("PNG", (300, 300))[:-30], "不完整或已损坏"),
        ("半截.jpg", samples.picture("JPEG", (300, 300))[:400], "不完整或已损坏"),
        ("炸弹.png", bomb_png(), "30000×30000 像素"),
        ("炸弹.xlsx", samples.workbook(**{"xl/a.xml": b"0" * 20_000_000}), "解开后过大"),
        ("宏.xlsx", samples.workbook(**{"xl/vbaProject.bin": b"x"}), "带宏"),
        ("缺件.xlsx", samples.archive({"xl/workbook.xml": b"<workbook/>"}), "不完整或已损坏"),
        ("压缩.zip", samples.archive({"a.txt": b"a"}), "内容是ZIP 压缩包"),
        ("旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版或加了密码的 Office 文件"),
        ("网页.html", b"<!doctype html><script>alert(1)</script>", "没有收"),
    ],
)
def test_bad_files_are_refused_in_words(name, content, words):
    assert words in refusal(name, content)
    assert not [path for path in file_store.settings.EVIDENCE_FOLDER.rglob("*") if path.is_file()]


def test_a_file_beyond_the_limit_is_refused(settings):
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    assert "超过 1 MB" in refusal("大.pdf", samples.PDF + b"\0" * 1024 * 1024 + b"%%EOF")


@given(st.text(max_size=300))
def test_a_clean_name_is_short_and_harmless(name):
    clean = file_content.clean_name(name)
    assert 0 < len(clean) <= file_content.NAME_AT_MOST
    assert not set(clean) & set("/\\\r\n\0\u202e\u2066")
    assert file_content.clean_name(clean) == clean


def test_names_lose_folders_and_keep_their_end():
    assert file_content.clean_name("C:\\报表\\..\\一\u202efdp.exe") == "一fdp.exe"
    assert file_content.clean_name("长" * 300 + ".pdf") == "长" * 196 + ".pdf"


def test_the_same_bytes_in_one_slot_are_one_file(case, of):
    first = evidence.store(case, SLOT, samples.upload("一.pdf", samples.PDF), w.applicant(of))
    again = evidence.store(case, SLOT, samples.upload("二.pdf", samples.PDF), w.applicant(of))
    assert (again.pk, again.name) == (first.pk, "一.pdf")
    evidence.remove(case, SLOT, first.sha256)
    assert not Evidence.objects.filter(case=case).exists()


def test_a_slot_and_a_case_are_full_at_some_point(case, of, monkeypatch):
    for number in range(5):
        evidence.store(
            case,
            SLOT,
            samples.upload(f"{number}.pdf", samples.PDF + b"%" * number + b"%%EOF"),
            w.applicant(of),
        )
    with pytest.raises(file_content.Refused, match="at most 5 files"):
        evidence.store(case, SLOT, samples.upload("六.png", samples.picture()), w.applicant(of))
    monkeypatch.setattr(evidence, "FILES_A_CASE", 5)
    with pytest.raises(file_content.Refused, match="a case holds at most 5"):
        evidence.store(case, "ev-green-titles", samples.upload("六.png", samples.picture()), w.applicant(of))


def test_a_submitted_dossier_takes_and_loses_no_file(case, of):
    kept = evidence.store(case, SLOT, samples.upload("一.pdf", samples.PDF), w.applicant(of))
    with w.at("2026-04-16"):
        w.fill(case)
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    with pytest.raises(Closed):
        evidence.store(case, SLOT, samples.upload("二.png", samples.picture()), w.applicant(of))
    with pytest.raises(Closed):
        evidence.remove(case, SLOT, kept.sha256)


def test_slots_are_fields_of_the_form_or_of_an_act(case, of):
    assert evidence.check_slot(case, "visit.photos") == 20
    evidence.store(case, "visit.photos", samples.upload("现场.jpg", samples.picture("JPEG")), w.city(w.ZUNYI))
    for slot in ("revenue", "visit.place", "nothing.photos", "nothing"):
        with pytest.raises(evidence.UnknownSlot):
            evidence.store(case, slot, samples.upload("一.pdf", samples.PDF), w.applicant(of))
    with pytest.raises(evidence.UnknownSlot):
        evidence.remove(case, "visit.photos", "0" * 64)


def test_a_file_is_given_to_whoever_may_see_it(case, of):
    kept = evidence.store(case, SLOT, samples.upload("审计 报告.pdf", samples.PDF), w.applicant(of))
    address = f"/cases/{case.number}/evidence/{kept.sha256}/"
    mine, zunyi = office.applicant(of), office.sign_in("city", region=w.ZUNYI)
    assert zunyi.get(address).status_code == 404  # a draft is the applicant's alone
    with w.at("2026-04-16"):
        w.fill(case)
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
    for client in (mine, zunyi):
        answer = client.get(address)
        assert b"".join(answer.streaming_content) == samples.PDF
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%AE%A1")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox")
    other = w.cluster(w.BIJIE, 2)
    assert office.applicant(other).get(address).status_code == 404
    assert office.sign_in("city", region=w.BIJIE).get(address).status_code == 404
    assert office.sign_in("expert").get(address).status_code == 404
    assert mine.get(address.replace(kept.sha256, "f" * 64)).status_code == 404


def test_a_submitted_version_keeps_its_files(case, of):
    kept = evidence.store(case, SLOT, samples.upload("一.pdf", samples.PDF), w.applicant(of))
    with w.at("2026-04-16"):
        w.fill(case)
        w.do(case, "submit", w.applicant(of), w.SUBMISSION)
        w.do(case, "accept", w.city(w.ZUNYI))
        w.do(case, "return", w.city(w.ZUNYI), {"reasons": "换一份（虚构）"})
    fresh = Case.objects.get(number=case.number)
    evidence.remove(fresh, SLOT, kept.sha256)
    found = evidence.find(fresh, kept.sha256, w.city(w.ZUNYI))
    assert found is not None
    assert (found.name, found.kind) == ("一.pdf", "pdf")
