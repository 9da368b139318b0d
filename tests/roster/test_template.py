"""The template: what it asks for, and that what is filled into it is read."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.cases.programmes import catalogue
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry import industries
from cultivar.roster import headings
from cultivar.roster.columns import general_layout, programme_layout
from cultivar.roster.firm_cells import industry_reader
from cultivar.roster.opening import opened
from cultivar.roster.problems import Wrong
from cultivar.roster.template import write_template
from cultivar.roster.writing import note_size
from tests.roster.books import YEAR

REGIONS = [Text("遵义市", "Zunyi"), Text("贵安新区", "Gui'an New Area")]
LAYOUTS = {key: programme_layout(one.programme, YEAR) for key, one in catalogue().items()}
LAYOUTS["general"] = general_layout(YEAR)


def made(tmp_path, layout, language="both") -> Path:
    path = tmp_path / "模板.xlsx"
    write_template(path, layout, REGIONS, Text("企业名单", "Roster"), language)
    return path


@pytest.mark.parametrize(
    ("name", "language"),
    [*((name, "both") for name in LAYOUTS), ("general", "zh"), ("general", "en"), ("parks/2025", "en")],
)
def test_every_template_reads_back_as_the_layout_it_was_made_from(tmp_path, name, language):
    layout, found = LAYOUTS[name], {}
    with opened(made(tmp_path, layout, language)) as book:
        for sheet in book.sheets:
            heading = headings.find(sheet.name, next(sheet.rows, []), sheet.merged, YEAR)
            found[heading.kind] = {one.meaning for one in heading.columns}
            assert (heading.unknown, heading.doubled, heading.units, heading.body) == ((), (), (), 1)
    assert found == {kind: {one.meaning for one in columns} for kind, columns in layout.items()}
    assert book.hidden == ()


def test_a_programme_asks_for_what_its_indicators_compute():
    columns = LAYOUTS["guizhou-clusters/2025-trial"]["firms"]
    years = {}
    for one in columns:
        if one.meaning.part == "figure":
            years.setdefault(one.meaning.measure, []).append(one.meaning.year)
    assert years["energy"] == years["output"] == [YEAR - 1, YEAR]  # the fall of energy looks back
    assert years["revenue"] == [YEAR]
    assert "profit" not in years
    assert {one.meaning.kind for one in columns if one.meaning.part == "held"} == {
        *("innovative-sme", "srun", "little-giant", "high-tech", "technology-sme"),
        *("digital-navigator", "green-factory", "green-supply-chain"),
    }


def test_the_general_template_has_every_word():
    columns = LAYOUTS["general"]["firms"]
    assert {one.meaning.measure for one in columns} - {""} == set(vocabulary().measures)
    assert {one.meaning.kind for one in columns} - {""} == set(vocabulary().qualifications)


def test_lists_messages_and_a_fixed_head(tmp_path):
    with zipfile.ZipFile(made(tmp_path, LAYOUTS["general"])) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        lists = archive.read("xl/sharedStrings.xml").decode()
    assert 'state="frozen"' in sheet
    assert sheet.count('type="list"') >= 2 + sum(
        1 for one in vocabulary().measures.values() if one.kind == "yes-no"
    )
    assert sheet.count("promptTitle=") == len(LAYOUTS["general"]["firms"])
    assert "贵安新区" in lists
    assert "<legacyDrawing" in sheet  # the notes on the headings


def test_no_input_message_is_longer_than_excel_opens():
    for layout in LAYOUTS.values():
        for columns in layout.values():
            for one in columns:
                assert len("\n".join(one.note)) <= 255, one.name
                assert len(one.name.zh) <= 32, one.name


def test_industries_are_chosen_by_code_and_name_and_read_back(tmp_path):
    """Whatever the drop-down offers, and whatever a page shows, is the code when it is imported."""
    read = industry_reader()
    for code in [*industries.DIVISIONS, "1512", "062"]:
        for said in industries.named(code):
            assert read(said) == code
            assert read(f"C{said}" if industries.section_of(code) == "C" else said) == code
    with zipfile.ZipFile(made(tmp_path, LAYOUTS["general"], "en")) as archive:
        assert "15 Liquor, beverages and refined tea" in archive.read("xl/sharedStrings.xml").decode()
    for strange in ("15 纺织业", "1512 酒", "99 酒、饮料和精制茶制造业"):
        with pytest.raises(Wrong):
            read(strange)


@given(st.text("企业名录 abcXYZ0123，。（万元）\n", max_size=400))
def test_a_note_is_as_high_as_its_words(words):
    """Lines of sixteen pixels, each of at most 22 Chinese or 44 Latin characters."""
    lines = note_size(words)["y_scale"] * 74 / 16
    needed = sum(
        max(1, -(-sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) // 44)) for line in words.split("\n")
    )
    assert lines >= needed


def test_a_template_is_printed_with_its_heading_on_every_page(tmp_path):
    with zipfile.ZipFile(made(tmp_path, LAYOUTS["guizhou-clusters/2025-trial"])) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert 'orientation="landscape"' in sheet
    assert 'paperSize="9"' in sheet
    assert "$A:$B" in book  # who and which row stand on every page
    assert "$1:$1" in book
