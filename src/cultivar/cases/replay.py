"""Replays the whole ledger: folds every case anew and compares every projected row with what the tables hold."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Model

from cultivar.cases import projection
from cultivar.cases.models import Case
from cultivar.cases.programmes import calendar
from cultivar.cases.record import Folded, folded, matter, round_of, terms_of
from cultivar.ledger import sealed
from cultivar.ledger.append import lock
from cultivar.ledger.canonical import canonical, read
from cultivar.ledger.clock import SHANGHAI
from cultivar.ledger.merkle import leaf_hash
from cultivar.ledger.models import Entry, Head
from cultivar.policy.text import Text
from cultivar.procedure.matter import Hanging, Terms
from cultivar.procedure.record import BrokenRecord

_NO_ROWS = Text(
    "由记录得不出数据，其中有一步的内容不对（{error}）。",
    "no data follow from the record: an act in it says something impossible ({error}).",
)


@dataclass(frozen=True)
class Difference:
    """Where a table disagrees with the ledger, or the ledger with itself."""

    case: str
    table: str
    text: Text

    def __str__(self) -> str:
        return f"{self.case} {self.table}: {self.text.zh} / {self.text.en}"


def replay() -> list[Difference]:
    """Every difference; an empty list when replaying rebuilds every projection identically."""
    differences = list(_broken_entries())
    cases, broken = _fold_all()
    return [*differences, *broken, *against_tables(cases)]


def against_tables(cases: dict[str, Folded], apart_from: Collection[str] = ()) -> Iterator[Difference]:
    """Where the tables differ from what folded records give, but for the cases ``apart_from``."""
    below = children(cases)
    expected: dict[str, projection.Rows] = {}
    beyond = set(apart_from)
    for number, case in cases.items():
        if number in apart_from:
            continue
        try:
            expected[number] = rebuilt(case, cases, below)
        except Exception as error:  # whatever an act past the one door says, the others are still compared
            beyond.add(number)
            yield Difference(number, "ledger", _NO_ROWS.fill(error=f"{type(error).__name__}: {error}"))
    for model in projection.all_models():
        rows = {number: rows.get(model, []) for number, rows in expected.items()}
        yield from (one for one in _compare(model, rows) if one.case not in beyond)


def children(cases: dict[str, Folded]) -> dict[str, tuple[Hanging, ...]]:
    """What hangs on each case, in the order of the numbers."""
    below: dict[str, list[Hanging]] = {}
    for _, case in sorted(cases.items()):
        if case.opening.parent:
            below.setdefault(case.opening.parent, []).append(case.hanging)
    return {number: tuple(hanging) for number, hanging in below.items()}


def rebuilt(
    case: Folded, cases: dict[str, Folded], below: Mapping[str, tuple[Hanging, ...]]
) -> projection.Rows:
    """The projected rows of a case from folded records alone, without a look at any table.

    ``below`` is what ``children`` says of ``cases``.
    """
    parent = cases.get(case.opening.parent)
    round_ = cases.get(round_of(case, parent))
    around = matter(case, terms_of(round_) if round_ else Terms(), below.get(case.number, ()), parent)
    return projection.rows(case, around, calendar())


def _fold_all() -> tuple[dict[str, Folded], list[Difference]]:
    cases: dict[str, Folded] = {}
    broken: list[Difference] = []
    entries = Entry.objects.order_by("case", "seq").iterator(chunk_size=2000)
    for number, record in groupby(entries, key=lambda entry: entry.case):
        try:
            cases[number] = folded(number, record)
        except (BrokenRecord, KeyError, TypeError, ValueError) as error:
            broken.append(
                Difference(
                    number, "ledger", Text(f"记录走不通：{error}", f"the record is impossible: {error}")
                )
            )
    return cases, broken


def _broken_entries() -> Iterator[Difference]:
    last_at = None
    size = 0
    for position, entry in enumerate(_entries()):
        size = position + 1
        problem = _entry_problem(entry, position)
        if problem is None and last_at is not None and entry.at < last_at:
            problem = Text("时间倒退。", "time runs back.")
        if problem is not None:
            yield Difference(entry.case, f"ledger #{entry.seq}", problem)
        else:
            erased = {one.field for one in entry.erasures.all()}
            for one in sealed.problems(read(bytes(entry.leaf))["content"], entry.sealed.all(), erased):
                yield Difference(entry.case, f"ledger_sealed #{entry.seq}", one)
        last_at = entry.at
    yield from _head_problem(size)


def _entries() -> Iterator[Entry]:
    return Entry.objects.order_by("seq").prefetch_related("sealed", "erasures").iterator(chunk_size=2000)


def _head_problem(size: int) -> Iterator[Difference]:
    head = Head.objects.first()
    said = head.size if head else 0
    if said != size:
        text = Text(
            f"账本有 {size} 条记录，但登记为 {said} 条。",
            f"there are {size} entries, but {said} are said to be there.",
        )
        yield Difference("", "ledger_head", text)


def _entry_problem(entry: Entry, position: int) -> Text | None:
    if entry.seq != position:
        return Text(f"序号应为 {position}。", f"its number should be {position}.")
    if isinstance(entry.leaf, str) or isinstance(entry.leaf_hash, str):
        return Text(
            "存成了文字，不是原来的字节。", "it is stored as text, not as the bytes that were written."
        )
    if leaf_hash(bytes(entry.leaf)) != bytes(entry.leaf_hash):
        return Text("叶哈希不符。", "the leaf hash does not match.")
    try:
        leaf = read(bytes(entry.leaf))
    except ValueError as error:
        return Text(f"内容不规范：{error}", f"not canonical: {error}")
    columns = {
        "case": entry.case,
        "act": entry.kind,
        "step": entry.step,
        "office": entry.office,
        "key": entry.key,
    }
    wrong = [name for name, value in columns.items() if leaf[name] != value]
    return Text(f"列与叶不符：{wrong}", f"columns disagree with the leaf: {wrong}") if wrong else None


def _compare(model: type[Model], expected: dict[str, list[projection.Row]]) -> Iterator[Difference]:
    table = model._meta.db_table
    have: dict[str, list[dict[str, Any]]] = {}
    key = "number" if model is Case else "case_id"
    for row in model._default_manager.order_by("pk").values():
        row.pop("id", None)
        have.setdefault(row.pop(key), []).append(row)
    for number in sorted({*have, *expected}):
        if _bytes(have.get(number, [])) != _bytes(expected.get(number, [])):
            yield Difference(
                number, table, Text("与账本重放的结果不同。", "differs from what the ledger gives.")
            )


def _bytes(rows: list[dict[str, Any]]) -> bytes:
    plain = [
        {
            name: value if isinstance(value, (int, str, list, dict, type(None))) else _iso(value)
            for name, value in row.items()
        }
        for row in rows
    ]
    return canonical(plain)


def _iso(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


@transaction.atomic
def rebuild() -> int:
    """Writes every projection anew from the ledger while nobody else writes; gives the number of cases.

    For repair after a loss, and after a calendar table was added: provisional days become certain.
    """
    lock()
    cases, broken = _fold_all()
    if broken:
        raise ValueError("\n".join(map(str, broken)))
    below = children(cases)
    for number, case in sorted(cases.items()):
        for model in projection.all_models():
            if model is not Case:
                model._default_manager.filter(case_id=number).delete()
        projection.write(number, {}, rebuilt(case, cases, below))
    return len(cases)
