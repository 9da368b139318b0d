"""The public page of a draw: nothing of persons, everything to replay it by."""

import hashlib
import json
import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from tests import world as w
from tests.evaluation import drawing as d
from tests.evaluation import judging as j

from cultivar.cases.models import Case
from cultivar.evaluation import draw_verify
from cultivar.evaluation.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn() -> tuple[Case, str]:
    """A round that was drawn and seated."""
    number, cases = d.seated()
    return Case.objects.get(number=cases[0].round_id), number


def page(client, round_: Case, **asked: str) -> str:
    """The public page, in Chinese."""
    address = reverse("draw", args=[round_.number])
    return client.get(f"{address}?{urlencode(asked)}").content.decode()


def asked(number: str, *values: str) -> dict[str, str]:
    """Values typed for a replay, in the order in which the sources were announced."""
    return {"draw": number, **{f"value-{at}": value for at, value in enumerate(values, 1)}}


def test_the_page_shows_list_seed_seats_and_nobodys_name(drawn, client):
    round_, number = drawn
    body = page(client, round_)
    made = d.of(number)
    assert made.named("frozen-draw") in body
    assert "3.7.12.18.25.33." in body
    for line in made.result["seats"]["draws"]:
        assert " ".join(line["seats"]) in body
        assert " → ".join(line["alternates"]) in body
    assert "专家T" not in body
    assert "（虚构）有限" not in body
    client.cookies["django_language"] = "en"
    assert "Public draw" in page(client, round_)


def test_the_values_that_were_published_give_what_was_drawn_and_others_do_not(drawn, client):
    round_, number = drawn
    body = page(client, round_, **asked(number, "33 25 18 12 7 3", "3298.5"))
    assert re.findall('data-source="([^"]+)"', body) == d.PLAN["sources"]  # a ledger keeps names sorted
    assert "步骤" in body
    assert "逐步相同" in body
    other = page(client, round_, **asked(number, "03 07 12 18 25 32", "3298.50"))
    assert "不是用公布的种子抽的" in other
    assert "抽出的席位是" in other
    assert "不是数" in page(client, round_, **asked(number, "三七", "3298.50"))
    assert "不是数" in page(client, round_, **asked(number, "", "3298.50"))


def test_the_documents_are_what_was_hashed_and_hold_by_themselves(drawn, client):
    round_, number = drawn
    for name, field in (("frozen-draw", "frozen"), ("frozen-order", "order")):
        body = client.get(reverse("draw-document", args=[round_.number, number, name])).content
        assert hashlib.sha256(body).hexdigest() == d.of(number).act("frozen-draw").content[field]
    result = json.loads(client.get(reverse("draw-document", args=[round_.number, number, "drawn"])).content)
    assert draw_verify.verify(result, d.of(number).named("frozen-draw")) == []


def test_what_is_not_public_is_not_there(drawn, client):
    round_, number = drawn
    assert client.get(reverse("draw-document", args=[round_.number, number, "seating"])).status_code == 404
    assert (
        client.get(reverse("draw-document", args=[round_.number, "GZ-2026-99999", "drawn"])).status_code
        == 404
    )
    assert client.get(reverse("draw", args=["GZ-2026-99999"])).status_code == 404
    assert client.get(reverse("case", args=[number])).status_code != 200


def test_a_proposal_is_not_public_and_an_abandoned_draw_stays_there_with_its_reason(client):
    round_, _ = j.admitted(1)
    d.pool()
    assert "还没有公开抽取" in page(client, round_)
    assert (
        reverse("draw", args=[round_.number])
        not in client.get(reverse("round", args=[round_.number])).content.decode()
    )
    number = d.freeze(round_)
    assert (
        reverse("draw", args=[round_.number])
        in client.get(reverse("round", args=[round_.number])).content.decode()
    )
    with w.at(d.DRAWS):
        why = {"reasons": "彩票停售（虚构）"}
        w.twice(number, "abandon", w.province("handler"), w.province("reviewer"), why)
    body = page(client, round_)
    assert "已作废" in body
    assert "彩票停售（虚构）" in body


def test_a_document_that_was_changed_is_said_to_be(drawn, client):
    round_, _ = drawn
    Document.objects.filter(kind="drawn").update(body=b"{}")
    answer = client.get(reverse("draw", args=[round_.number]))
    assert answer.status_code == 500
    assert "已被改动" in answer.content.decode()


def test_queries_do_not_grow_with_experts_or_applications(client, django_assert_num_queries):
    round_, _ = j.admitted(1)
    other, _ = j.admitted(3, on="2026-04-17")
    d.pool()
    for number in (d.freeze(round_), d.freeze(other, seats={"technology": 4})):
        d.draw(number)
    with django_assert_num_queries(7):
        page(client, round_)
    with django_assert_num_queries(7):
        page(client, other)
