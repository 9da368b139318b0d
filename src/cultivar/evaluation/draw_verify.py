"""Is a draw what its list and its seed give? Replays a result document and says what differs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cultivar.evaluation.draw import run
from cultivar.evaluation.draw_pool import RULE, BadDraw, Candidate, Frozen, Stratum, freeze, sha256
from cultivar.evaluation.draw_seed import BadSeed, Entry, Source, entries, source, sources
from cultivar.ledger.canonical import NotCanonical, normal
from cultivar.policy.text import Text

_OTHER_RULE = Text(
    "抽取规则写的是“{given}”；本程序只核验“{rule}”。",
    "The rule of the draw is given as “{given}”; this program checks “{rule}”.",
)
_OTHER_FROZEN = Text(
    "事先公布的冻结文件哈希是 {published}，这份结果用的是 {given}：名单、名额或种子来源不是公布的那一份。",
    "The frozen document was published as {published}, this result goes by {given}: list, seats or sources are not "
    "those that were published.",
)
_OTHER_SOURCES = Text(
    "给出的种子有来源 {published}，这份结果用的是 {given}。",
    "The seed to check by has the sources {published}, this result goes by {given}.",
)
_OTHER_SEED = Text(
    "来源“{name}”公布的值是“{published}”，这份结果用的是“{given}”：不是用公布的种子抽的。",
    "“{published}” was published for the source “{name}”, this result goes by “{given}”: it was not drawn by the seed "
    "that was published.",
)
_POOL_HASH = Text(
    "名单算出的哈希是 {found}，文件写的是 {given}：名单或这个哈希被改过。",
    "The list has the hash {found}, the document says {given}: the list or this hash was changed.",
)
_FROZEN_HASH = Text(
    "冻结文件算出的哈希是 {found}，结果写的是 {given}：名单、名额、种子来源或这个哈希被改过。",
    "The frozen document has the hash {found}, the result says {given}: list, seats, sources or this hash was changed.",
)
_WHOLE_HASH = Text(
    "整份结果算出的哈希是 {found}，文件写的是 {given}：内容或这个哈希被改过。",
    "The whole result has the hash {found}, the document says {given}: its content or this hash was changed.",
)
_FROZEN_FORM = Text(
    "冻结文件的“{where}”不是规范写法（按编号排序、没有多余空格、没有多余的项）。",
    "“{where}” of the frozen document is not in canonical form (sorted by number, no spare spaces, nothing besides).",
)
_VALUE = Text(
    "“{where}”应为 {expected}，文件写的是 {given}。",
    "“{where}” should be {expected}; the document says {given}.",
)
_SHAPE = Text(
    "这不是抽取结果：“{where}”缺失或类型不对。",
    "This is no result of a draw: “{where}” is missing or of another type.",
)
_TOO_DEEP = Text("嵌套过深", "it is nested too deep")
_NOT_PLAIN = Text("这份文件不能核验：{why}。", "This document cannot be checked: {why}.")


def verify(
    document: Any, frozen_sha256: str | None = None, seed: Iterable[tuple[Source, str]] | None = None
) -> list[Text]:
    """What is wrong with a result document, in both languages; empty where it holds.

    ``frozen_sha256`` is the hash that was published before the seed existed, ``seed`` each source with the value that
    it published: without both the document proves only that it is whole, for whoever draws anew with another list or
    an invented seed has a whole document too. The first thing that fails is named, as what follows hangs on it.
    Raises ``BadSeed`` where ``seed`` itself cannot be read.
    """
    published = None if seed is None else _read(seed)
    try:
        return [found for found in [_first(document, frozen_sha256, published)] if found]
    except (BadDraw, BadSeed) as bad:
        return [bad.text]
    except NotCanonical as bad:
        return [_NOT_PLAIN.fill(why=bad.text)]
    except RecursionError:
        return [_NOT_PLAIN.fill(why=_TOO_DEEP)]


def read_frozen(document: Any) -> Frozen:
    """The frozen document out of plain data. Raises ``BadDraw`` where it is none, not canonical or cannot be drawn."""
    purpose = _word(document, "purpose", "frozen")
    if purpose not in ("seats", "order"):
        raise BadDraw(_SHAPE.fill(where="frozen.purpose"))
    pool = [
        Candidate(*(_word(one, name, where) for name in Candidate._fields))
        for where, one in _rows(document, "pool", "frozen")
    ]
    strata = [_stratum(one, where) for where, one in _rows(document, "strata", "frozen")]
    announced = [_source(one, where) for where, one in _rows(document, "sources", "frozen")]
    frozen = freeze(pool, strata, announced, "order" if purpose == "order" else "seats")
    rule = _word(document, "rule", "frozen")
    if rule != RULE:
        raise BadDraw(_OTHER_RULE.fill(given=rule, rule=RULE))
    for where, _, _ in _differences(frozen.document, document, "frozen"):
        raise BadDraw(_FROZEN_FORM.fill(where=where))
    return frozen


def _read(seed: Iterable[tuple[Source, str]]) -> tuple[Entry, ...]:
    typed = list(seed)
    return entries(typed, sources(one for one, _ in typed))


def _first(given: Any, published: str | None, seed: tuple[Entry, ...] | None) -> Text | None:
    """The first check that fails, in the order in which one thing follows from another."""
    normal(given)
    rule = _word(given, "rule")
    if rule != RULE:
        return _OTHER_RULE.fill(given=rule, rule=RULE)
    wrong = _hashes(given, published)
    if wrong:
        return wrong
    frozen = read_frozen(given["frozen"])
    typed = [(_source(one, where), _word(one, "value", where)) for where, one in _rows(given, "seed")]
    if seed is not None and (other := _other_seed(entries(typed, frozen.sources), seed)):
        return other
    expected = run(frozen, typed)
    noted = _word(given, "sha256")
    for where, should, stands in _differences(expected, given, ""):
        if where != "sha256":
            return _VALUE.fill(where=where, expected=_shown(should), given=_shown(stands))
        return _WHOLE_HASH.fill(found=expected["sha256"], given=noted)
    return None


def _other_seed(given: tuple[Entry, ...], published: tuple[Entry, ...]) -> Text | None:
    """Where the seed of the document is not the one that was published."""
    if [one.source for one in given] != [one.source for one in published]:
        return _OTHER_SOURCES.fill(published=_names(published), given=_names(given))
    for own, told in zip(given, published, strict=True):
        if own.value != told.value:
            return _OTHER_SEED.fill(name=own.source.name, published=told.value, given=own.value)
    return None


def _names(seed: Iterable[Entry]) -> Text:
    names = [f"{one.source.name} ({one.source.kind})" for one in seed]
    return Text("、".join(names), ", ".join(names))


def _hashes(given: Any, published: str | None) -> Text | None:
    """Whether list and frozen document have the hashes that stand with them, and the one that was published."""
    frozen = given.get("frozen")
    if not isinstance(frozen, Mapping) or not isinstance(frozen.get("pool"), list):
        return _SHAPE.fill(where="frozen.pool")
    noted = _word(frozen, "pool_sha256", "frozen")
    if sha256(frozen["pool"]) != noted:
        return _POOL_HASH.fill(found=sha256(frozen["pool"]), given=noted)
    noted = _word(given, "frozen_sha256")
    if sha256(frozen) != noted:
        return _FROZEN_HASH.fill(found=sha256(frozen), given=noted)
    if published is not None and noted != published:
        return _OTHER_FROZEN.fill(published=published, given=noted)
    return None


def _differences(expected: Any, given: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    """Places where two plain data differ, in the order of ``expected``; ``None`` stands for what is not there."""
    if isinstance(expected, dict) and isinstance(given, Mapping):
        for name in [*expected, *(name for name in given if name not in expected)]:
            path = f"{where}.{name}".lstrip(".")
            if name in expected and name in given:
                yield from _differences(expected[name], given[name], path)
            else:
                yield path, expected.get(name), given.get(name)
    elif isinstance(expected, list) and isinstance(given, list):
        for index, pair in enumerate(zip(expected, given, strict=False)):
            yield from _differences(*pair, f"{where}[{index + 1}]")
        if len(expected) != len(given):
            yield where, f"{len(expected)}", f"{len(given)}"
    elif type(expected) is not type(given) or expected != given:
        yield where, expected, given


def _shown(value: Any) -> str:
    text = str(value) if value is not None else "—"
    return text if len(text) <= 80 else f"{text[:79]}…"


def _stratum(one: Any, where: str) -> Stratum:
    seats, alternates = one.get("seats"), one.get("alternates")
    if type(seats) is not int or (alternates is not None and type(alternates) is not int):
        raise BadDraw(_SHAPE.fill(where=f"{where}.seats"))
    return Stratum(_word(one, "kind", where), _word(one, "field", where), seats, alternates)


def _source(one: Any, where: str) -> Source:
    return source(_word(one, "name", where), _word(one, "kind", where))


def _word(data: Any, name: str, where: str = "") -> str:
    """A text of plain data. Raises ``BadDraw`` naming the place where there is none."""
    value = data.get(name) if isinstance(data, Mapping) else None
    if not isinstance(value, str):
        raise BadDraw(_SHAPE.fill(where=f"{where}.{name}".lstrip(".")))
    return value


def _rows(data: Any, name: str, where: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a list of plain data, each with its place. Raises ``BadDraw``."""
    path = f"{where}.{name}".lstrip(".")
    rows = data.get(name) if isinstance(data, Mapping) else None
    if not isinstance(rows, list):
        raise BadDraw(_SHAPE.fill(where=path))
    for index, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise BadDraw(_SHAPE.fill(where=f"{path}[{index}]"))
        yield f"{path}[{index}]", row
