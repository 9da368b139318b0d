"""The template: what it asks for, and that what is filled into it is read."""

import zipfile
from pathlib import Path

import pytest

from cultivar.cases.programmes import catalogue
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.roster import headings
from cultivar.roster.columns import general_layout, programme_layout
from cultivar.roster.opening import opened
from cultivar.roster.template import write_template
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
