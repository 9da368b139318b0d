"""The workbook that is filled in: headings with units, lists to choose from, what each column means."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import Word, vocabulary
from cultivar.registry.industries import MANUFACTURING, named
from cultivar.roster.columns import NOTES, SHEETS, Column, Layout, SheetKind
from cultivar.roster.writing import (
    LONGEST_PROMPT,
    LONGEST_TITLE,
    Formats,
    formats,
    note_size,
    options,
    print_on_paper,
    write_heads,
)

ROWS = 20_000  # to which lists and input messages reach
LISTS = "选项"
_YES_NO = (Text("是", "yes"), Text("否", "no"))
Choices = Mapping[str, tuple[str, int]]  # by what is chosen: the range of the hidden sheet, how many


def write_template(
    path: Path, layout: Layout, regions: Iterable[Text], title: Text, language: str = "both"
) -> None:
    """Writes the template of a layout. ``regions``: those to choose from; ``language``: zh, en or both."""
    with Workbook(path, options()) as book:
        book.set_properties({"title": title.say("zh" if language == "both" else language)})
        known = formats(book)
        sheets = {kind: book.add_worksheet(_tab(SHEETS[kind], language)) for kind in layout}
        _write_notes(book.add_worksheet(_tab(NOTES, language)), layout, title, known, language)
        choices = _write_lists(book, list(regions), language)
        for kind, columns in layout.items():
            write_heads(sheets[kind], columns, known, language)
            for index, column in enumerate(columns):
                _help(sheets[kind], index, column, kind, choices, language)
        sheets["firms"].activate()


def _tab(name: Text, language: str) -> str:
    return name.say("zh" if language == "both" else language)


def _said(text: Text, language: str) -> str:
    return "\n".join(text) if language == "both" else text.say(language)


def _term(text: Text, language: str) -> str:
    return text.say("zh" if language == "both" else language)


def _help(
    sheet: Worksheet, index: int, column: Column, kind: SheetKind, choices: Choices, language: str
) -> None:
    """The message that appears when a cell is entered, the list to choose from, and the note on the heading."""
    message = _said(column.note, language)[:LONGEST_PROMPT]
    head = _term(column.name, language)[:LONGEST_TITLE]
    rule: dict[str, object] = {"validate": "any", "input_title": head, "input_message": message}
    chosen = choices.get(_choice(column, kind))
    if chosen is not None:
        rule |= {"validate": "list", "source": chosen[0], "error_type": "warning"}
        rule |= {
            "error_title": head,
            "error_message": _said(
                Text("不在下拉框里，导入时会再核对。", "Not on the list; the import checks it again."),
                language,
            ),
        }
    sheet.data_validation(1, index, ROWS, index, rule)
    words = _said(_full(column), language)
    sheet.write_comment(0, index, words, note_size(words))


def _full(column: Column) -> Text:
    """What a column asks for, its unit and whether it must be filled in."""
    zh, en = column.note
    if column.unit:
        zh, en = f"单位：{column.unit.zh}。{zh}", f"Unit: {column.unit.en}. {en}"
    return Text(f"必填。{zh}", f"Required. {en}") if column.required else Text(zh, en)


def _choice(column: Column, kind: SheetKind) -> str:
    """The list from which the cells of a column are chosen, "" for none."""
    meaning = column.meaning
    if meaning.part == "figure":
        return "yes-no" if vocabulary().measures[meaning.measure].kind == "yes-no" else ""
    if meaning.part == "held":
        ranked = vocabulary().qualifications[meaning.kind].ranks and not meaning.rank
        return f"ranks:{meaning.kind}" if ranked else "yes-no"
    if meaning.part == "kind":
        return "qualifications" if kind == "held" else "incidents"
    return {"region": "regions", "industry": "industries", "rank": "ranks", "grade": "grades"}.get(
        meaning.part, ""
    )


def _write_lists(book: Workbook, regions: list[Text], language: str) -> Choices:
    """A hidden sheet with one column for each list: a list inside a rule holds 255 characters only."""
    sheet = book.add_worksheet(LISTS)
    sheet.hide()
    words = vocabulary()

    def names(group: Mapping[str, Word]) -> list[Text]:
        return [one.name for one in group.values()]

    lists: dict[str, list[Text]] = {
        "regions": regions,
        "industries": [named(code) for code in MANUFACTURING],
        "yes-no": list(_YES_NO),
        "qualifications": names(words.qualifications),
        "ranks": names(words.ranks),
        "incidents": names(words.incidents),
        "grades": names(words.grades),
    }
    for word in words.qualifications.values():
        if word.ranks:
            lists[f"ranks:{word.id}"] = [*(words.ranks[rank].name for rank in word.ranks), _YES_NO[1]]
    found = {}
    for column, (name, texts) in enumerate(lists.items()):
        sheet.write_string(0, column, name)
        for row, text in enumerate(texts, 1):
            sheet.write_string(row, column, _term(text, language))
        letter = xl_col_to_name(column, True)
        if texts:
            found[name] = f"='{LISTS}'!{letter}$2:{letter}${len(texts) + 1}", len(texts)
    return found


_HOW = (
    Text(
        "蓝底的列必填，其余没有数据就留空；没有发生填 0。",
        "Columns with a blue heading must be filled in; leave others empty where there is no figure; type 0 for none.",
    ),
    Text(
        "一行一家企业。不要合并单元格，不要加合计行；可以增加自己的列，不认得的列不读。",
        "One row, one enterprise. Do not merge cells or add sums. Columns of your own may stay; they are not read.",
    ),
    Text(
        "表头写明了年份和单位；换单位就改表头，如“营业收入（元）”。",
        "Headings say year and unit; to use another unit, change the heading, as in “Revenue (yuan)”.",
    ),
    Text(
        "资质可以填在“企业”表的列里，也可以逐条填在“资质”表里；没写到的资质保持原样，填“否”才取消。",
        "Titles go into columns of the first sheet or into rows of the second; what is left out stays, “no” ends it.",
    ),
    Text(
        "改好有误的行再传整张表即可；同一份表传两次，结果不变。",
        "Correct what was wrong and upload the whole workbook again; to upload it twice changes nothing.",
    ),
)


def _write_notes(sheet: Worksheet, layout: Layout, title: Text, known: Formats, language: str) -> None:
    """How to fill it in, and what each column means."""
    widths = (16, 44, 14, 80)
    for index, wide in enumerate(widths):
        sheet.set_column(index, index, wide)
    print_on_paper(sheet, sum(widths))
    sheet.write_string(0, 0, _said(title, language).replace("\n", " / "), known.title)
    row = 2
    for sentence in _HOW:
        sheet.merge_range(row, 0, row, 3, _said(sentence, language), known.wrap)
        sheet.set_row(row, 32)
        row += 1
    row += 1
    heads = (
        Text("表", "Sheet"),
        Text("列", "Column"),
        Text("单位", "Unit"),
        Text("怎么填", "How to fill it in"),
    )
    for index, head in enumerate(heads):
        sheet.write_string(row, index, _said(head, language), known.head)
    for kind, columns in layout.items():
        for column in columns:
            row += 1
            unit = _term(column.unit, language) if column.unit else ""
            cells = (
                _term(SHEETS[kind], language),
                column.head(language),
                unit,
                _said(_full(column), language),
            )
            for index, cell in enumerate(cells):
                sheet.write_string(row, index, cell, known.wrap)
