"""A policy officer hands in a document and sees what it says; nothing of it is kept."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import world as w

from cultivar.cases.models import Evidence

pytestmark = pytest.mark.django_db

TEXT = """某省示范办法（虚构）

第一章 总则
第一条 为了示范，制定本办法。
第二条 示范单位应当具备下列条件：
（一）有名称；
（三）有住所。
第四条 本办法自发布之日起施行。
"""


@pytest.fixture
def officer(client):
    w.regions.load()
    w.signed_in(client, w.actor("policy"))
    return client


def upload(data: bytes, name: str = "办法.txt") -> dict[str, SimpleUploadedFile]:
    return {"document": SimpleUploadedFile(name, data)}


def test_articles_items_and_irregularities_are_shown_and_nothing_is_kept(officer):
    page = officer.post("/desk/read/", upload(TEXT.encode("gb18030")))
    words = page.content.decode()
    assert page.status_code == 200
    assert "某省示范办法（虚构）" in words
    assert "第一章 总则" in words
    assert "<b>第四条</b>" in words
    for kind in ("article-gap", "item-gap", "not-utf-8"):
        assert kind in words
    assert "number: &quot;4&quot;" in words  # of the file to fill in
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "文件是空的"), (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "这是图片"), (b"%PDF-1.4\nbroken", "PDF")],
)
def test_what_cannot_be_read_is_refused_in_words(officer, data, says):
    page = officer.post("/desk/read/", upload(data))
    assert page.status_code == 422
    assert says in page.content.decode()


def test_without_a_file_it_says_so(officer):
    page = officer.post("/desk/read/")
    assert page.status_code == 422
    assert "请选一个文件" in page.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("policy", 200), ("province", 200), ("city", 404), ("expert", 404)]
)
def test_only_those_who_prepare_policies_read_documents_here(client, who, status):
    w.regions.load()
    actors = {"policy": w.actor("policy"), "province": w.province("handler"), "city": w.city(w.ZUNYI)}
    w.signed_in(client, actors.get(who) or w.expert("e1"))
    assert client.get("/desk/read/").status_code == status
