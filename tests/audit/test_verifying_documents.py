"""Verification holds the documents of a draw against the acts that named them, and results against lists and seeds."""

import json

import pytest
from tests.evaluation import drawing as d

from cultivar.audit.verifying import verify
from cultivar.evaluation.models import Document

pytestmark = pytest.mark.django_db


def found(number: str) -> list[str]:
    """What verification says of the documents, in Chinese."""
    return [
        one.text.zh for one in verify().findings if one.table == "evaluation_document" or one.case == number
    ]


@pytest.fixture
def drawn() -> str:
    """A draw that was seated."""
    return d.seated()[0]


def test_a_draw_as_it_was_made_is_whole(drawn):
    assert found(drawn) == []


@pytest.mark.parametrize("kind", ["frozen-draw", "frozen-order", "drawn", "drawn-order", "seating"])
def test_a_document_that_was_changed_or_is_gone_is_found(drawn, kind):
    row = Document.objects.get(kind=kind)
    data = json.loads(bytes(row.body))
    Document.objects.filter(pk=row.pk).update(body=json.dumps({**data, "rule": "x"}).encode())
    assert any("与办理时确定的不同" in one for one in found(drawn))
    row.delete()
    assert any("不在了" in one for one in found(drawn))
