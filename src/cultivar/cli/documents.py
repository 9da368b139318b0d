"""The command that reads a policy document: a tree with its irregularities, JSON, or a programme file to fill in."""

import json
from pathlib import Path
from typing import Any

from cultivar.cli.errors import FOUND_PROBLEMS, CannotRunError, tell
from cultivar.policy.document.files import FileReading, read_file
from cultivar.policy.document.model import Article, Document, Item
from cultivar.policy.document.skeleton import skeleton
from cultivar.policy.problems import BadFile
from cultivar.policy.text import Text

_CANNOT_READ = Text("{file}：{why}", "{file}: {why}")
_CANNOT_WRITE = Text("写不了 {file}：{why}。", "{file} cannot be written: {why}.")
_OWN_SOURCE = Text(
    "{file} 就是要读的文件，没有覆盖它；请写到另一个文件。",
    "{file} is the document itself and was not overwritten; write to another file.",
)
_WRITTEN = Text("已写入 {file}", "Written to {file}")
_FOUND = Text(
    "{chapters} 个章节，{articles} 条，{items} 项，{appendices} 个附件，{warnings} 处提示",
    "{chapters} chapters, {articles} articles, {items} items, {appendices} appendices, {warnings} warnings",
)
_SECTIONS = Text(
    "（没有“第×条”，以一级编号作条）", " (no articles as such: the first level of numbers stands for them)"
)
_INFERRED = Text("编号缺失，推定", "number lost, inferred")
_SHOWN = 60  # characters of a unit's text in the tree


def read_policy_document(file: Path, as_json: bool, as_skeleton: bool, out: Path | None) -> int:
    """Prints or writes what one document says. Returns 0, or 1 when it holds no articles.

    Irregularities are findings about the document, not failures: they do not change the exit code. Raises
    ``CannotRunError`` (exit code 2) for a file that cannot be read.
    """
    try:
        reading = read_file(file)
    except BadFile as bad:
        raise CannotRunError(_CANNOT_READ, file=file, why=bad.problems[0].text) from None
    document = reading.document
    if out is not None and out.exists() and out.samefile(file):
        raise CannotRunError(_OWN_SOURCE, file=out)
    if as_json:
        text = json.dumps(_as_json(reading), ensure_ascii=False, indent=1)
    elif as_skeleton:
        text = skeleton(document)
    else:
        text = _tree(document)
    if out is None:
        print(text.rstrip("\n"))
    else:
        _write(out, text)
    return 0 if document.articles else FOUND_PROBLEMS


def _write(out: Path, text: str) -> None:
    try:
        out.write_bytes((text.rstrip("\n") + "\n").encode("utf-8", errors="replace"))
    except OSError as error:
        raise CannotRunError(_CANNOT_WRITE, file=out, why=error.strerror or error) from None
    tell(_WRITTEN, file=out)


def _as_json(reading: FileReading) -> dict[str, Any]:
    """The document, what its file was, and for files that are not plain text the text that the offsets count."""
    extract = reading.extract
    data = reading.document.as_json()
    data["source"] = {"kind": extract.kind, "encoding": extract.encoding, "characters": len(extract.text)}
    if extract.kind != "text":
        data["text"] = extract.text
    return data


def _tree(document: Document) -> str:
    """The document as an indented outline, then its irregularities in both languages."""
    counts = _FOUND.fill(
        chapters=len(document.chapters),
        articles=len(document.articles),
        items=document.item_count,
        appendices=len(document.appendices),
        warnings=len(document.warnings),
    )
    lines = [document.title, f"{counts.zh} / {counts.en}"]
    if document.numbering == "sections":
        lines.append(f"{_SECTIONS.zh} /{_SECTIONS.en}")
    shown: set[int] = set()
    for article in document.articles:
        depth = _chapters(document, article, shown, lines)
        lines.append("  " * depth + _line(document, article))
        _items(document, article.items, depth + 1, lines)
    for appendix in document.appendices:
        lines.append(f"[{appendix.start}-{appendix.end}] {appendix.label} {appendix.title}")
    for warning in document.warnings:
        lines.append(f"! {warning.kind} [{warning.offset}] {warning.text.zh} / {warning.text.en}")
    return "\n".join(lines)


def _chapters(document: Document, article: Article, shown: set[int], lines: list[str]) -> int:
    """Adds the headings above an article that were not shown yet; returns how deep the article stands."""
    above: list[int] = []
    index = article.chapter
    while index is not None:
        above.append(index)
        index = document.chapters[index].parent
    for depth, place in enumerate(reversed(above)):
        if place not in shown:
            shown.add(place)
            chapter = document.chapters[place]
            lines.append("  " * depth + f"{chapter.label} {chapter.title}".rstrip())
    return len(above)


def _line(document: Document, article: Article) -> str:
    name = article.label or f"({article.name}: {_INFERRED.zh} / {_INFERRED.en})"
    text = _short(document.text[article.start + len(article.label) : article.end])
    return f"[{article.start}-{article.end}] {name} {text}"


def _items(document: Document, items: tuple[Item, ...], depth: int, lines: list[str]) -> None:
    for item in items:
        text = _short(document.text[item.start : item.end])
        lines.append("  " * depth + f"[{item.start}-{item.end}] {text}")
        _items(document, item.items, depth + 1, lines)


def _short(text: str) -> str:
    text = " ".join(text[: _SHOWN * 3].split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
