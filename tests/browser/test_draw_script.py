"""The script that replays a draw in the reader's browser writes seeds exactly as the house does."""

import pytest
from playwright.sync_api import Browser

from cultivar.evaluation.draw_seed import BadSeed, Source, entry
from tests.conftest import ROOT

SCRIPT = ROOT / "src/cultivar/evaluation/static/evaluation/draw.js"
VALUES = [
    *("03 07 12 18 25 33", "3298.50", "3,298.50", "3 298.50", "0.50", ".5", "5.", "007", "0", "0.0"),
    *("12;3|4", "１２　３", "10²", "①2", "x²", "ﬁ", "Café", "Å", "0af3-9c", "\ufeff12", "12\u008513"),
    *(
        "12\u001c13",
        "٣ ٤",
        "100000000000000000000000001 2",
        "1.10 1.1",
        "-3",
        "1e5",
        "",
        "三七",
        "Ⅳ",
        "3、4,5",
    ),
]


def by_house(kind: str, value: str) -> str:
    """How the house writes a value, or that it refuses it."""
    try:
        return entry(Source("x", kind), value).canonical  # type: ignore[arg-type]
    except BadSeed:
        return "refused"


@pytest.mark.parametrize("kind", ["numbers", "text"])
def test_script_and_house_write_every_value_alike(kind: str, browser: Browser) -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    code = text[text.index("  class Refused") : text.index("  const stratum")]
    page = browser.new_page()
    found = page.evaluate(
        "(rows) => { const say = (name) => name;" + code + "return rows.map(([kind, value]) => {"
        "try { return written({ name: 'x', kind }, value); } catch (error) { return 'refused'; } }); }",
        [[kind, value] for value in VALUES],
    )
    page.close()
    assert dict(zip(VALUES, found, strict=True)) == {value: by_house(kind, value) for value in VALUES}
