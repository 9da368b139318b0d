"""Takes the text out of a saved web page: blocks become lines, scripts and navigation are left out."""

import html
import re

_SKIPPED = frozenset(
    {
        *("script", "style", "nav", "header", "footer", "aside", "form", "button", "select", "noscript"),
        *("template", "svg", "iframe", "head", "title"),
    }
)
_BLOCKS = frozenset(
    {
        *("p", "div", "br", "li", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"),
        *("main", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "hr", "center"),
    }
)
_CELLS = frozenset({"td", "th"})
_TAG = re.compile(r"<!--|<[!?][^<>]{0,10000}>|<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})((?:[^<>])*)>")


def text_of(page: str) -> str:
    """The text of a page, a line for each block. Reads any input in one pass."""
    pieces: list[str] = []
    hidden: list[str] = []
    place, kept = 0, False  # kept: inside <pre> lines end as they stand
    while found := _TAG.search(page, place):
        if not hidden:
            pieces.append(_plain(page[place : found.start()], kept))
        place = found.end()
        if found[0] == "<!--":
            end = page.find("-->", place)
            place = len(page) if end < 0 else end + 3
        elif found[2]:
            kept = not found[1] if found[2].lower() == "pre" else kept
            _tag(found[2].lower(), bool(found[1]), found[3].endswith("/"), hidden, pieces)
    if not hidden:
        pieces.append(_plain(page[place:], kept))
    return re.sub(r"\n[ \t\u3000\xa0]*\n\s*", "\n\n", "".join(pieces)).strip("\n")


def _tag(name: str, closes: bool, alone: bool, hidden: list[str], pieces: list[str]) -> None:
    if hidden:
        if name == hidden[-1]:
            if closes:
                hidden.pop()
            elif not alone and len(hidden) < 100:
                hidden.append(name)
    elif name in _SKIPPED:
        if not closes and not alone:
            hidden.append(name)
    elif name in _BLOCKS:
        pieces.append("\n")
    elif name in _CELLS and not closes:
        pieces.append("\t")


def _plain(text: str, kept: bool) -> str:
    """Line ends in the source of a page are blanks, unless between Chinese characters, where they are nothing."""
    text = html.unescape(text)
    if kept:
        return text
    text = re.sub(
        r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*[\r\n]\s*(?=[\u3000-\u9fff\uff00-\uffef])", "", text
    )
    return re.sub(r"[\r\n\t ]+", " ", text)
