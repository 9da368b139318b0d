"""What an entry says, held against its columns, its form, the clock, and the personal values beside it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from cultivar.audit.findings import Finding
from cultivar.ledger import canonical, sealed
from cultivar.ledger.models import Erasure, Sealed
from cultivar.policy.text import Text

COLUMNS = (
    "case",
    "kind",
    "step",
    "office",
    "key",
)  # of an entry, as in ``_MEMBERS``, and then the time as text
Leaf: TypeAlias = dict[str, Any]

STEPS = ("do", "propose", "confirm", "decline")
_MEMBERS = {"case": "case", "kind": "act", "step": "step", "office": "office", "key": "key"}
_WORDS = (
    *("case", "procedure", "programme", "digest", "act", "step", "body", "post", "office", "region"),
    *("person", "at", "key"),
)
_FORMATS = {
    1: {"format", "articles", "content", *_WORDS},
    2: {"format", "articles", "content", "nonce", *_WORDS},
}

_FORMAT = Text("不是这里认识的记录格式。", "it is not of a format that is known here.")
_FORM = Text("“{name}”缺少、多余或写法不对。", "“{name}” is missing, not expected, or malformed.")
_COLUMNS = Text("登记的“{name}”与内容不符。", "the stored “{name}” is not what the entry says.")
_BACK = Text("时间早于前一条。", "its time is earlier than that of the entry before it.")
_NOT_SAID = Text(
    "“{name}”登记为由第 #{by} 条删除，但那一条没有这样决定。",
    "“{name}” is said to be erased by #{by}, but that entry does not decide so.",
)
_NOT_DONE = Text(
    "第 #{by} 条决定删除“{name}”，但没有删除。", "#{by} decided to erase “{name}”, but it was not erased."
)
_NOT_BYTES = Text(
    "个人信息或盐值存成了文字，不是原来的字节。",
    "a personal value or its salt is stored as text, not as the bytes that were written.",
)


class Entries:
    """The entries in order of ``seq``: each is read once."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._latest: datetime | None = None
        self._erased: dict[tuple[int, str], int] = {}  # by which entry, as said beside the ledger
        self.erased_from: set[int] = set()
        self._decided: set[tuple[int, str, int, str]] = set()  # by which entry, in which case, entry, field

    def read(self, row: Sequence[Any]) -> Leaf | None:
        """What an entry says; None, with a finding, where that is not to be had.

        ``row`` is seq, leaf, leaf hash, ``COLUMNS``, and the time as text.
        """
        seq, leaf = row[0], row[1]
        try:
            said = canonical.read(bytes(leaf))
        except (canonical.NotCanonical, TypeError) as error:
            text = getattr(error, "text", None) or Text("不是原来的字节", "these are not the bytes")
            self._say(seq, row[3], text)
            return None
        wrong = _wrong_form(said)
        if wrong is not None:
            self._say(seq, row[3], wrong)
            return None
        beside = _wrong_column(said, row)
        if beside is not None:  # what the entry says is sound; what stands beside it for queries is not
            self._say(seq, said["case"], beside)
        self._keep_time(seq, said)
        return said

    def _keep_time(self, seq: int, said: Leaf) -> None:
        at = datetime.fromisoformat(said["at"])
        if self._latest is not None and at < self._latest:
            self._say(seq, said["case"], _BACK)
        else:
            self._latest = at

    def beside(self, leaves: Mapping[int, Leaf], first: int, last: int) -> None:
        """The personal values of the entries from ``first`` to ``last``; ``leaves`` are those that could be read."""
        kept: dict[int, list[Sealed]] = {}
        for row in Sealed.objects.filter(entry_id__gte=first, entry_id__lte=last):
            kept.setdefault(row.entry_id, []).append(row)
        erased: dict[int, set[str]] = {}
        found = Erasure.objects.filter(entry_id__gte=first, entry_id__lte=last)
        for seq, name, by in found.values_list("entry_id", "field", "by_id"):
            erased.setdefault(seq, set()).add(name)
            self._erased[seq, name] = by
            self.erased_from.add(seq)
        for seq, leaf in leaves.items():
            if seq in kept or seq in erased or b"commitment" in repr(leaf["content"]).encode():
                self._values(seq, leaf, kept.get(seq, []), erased.get(seq, set()))

    def _values(self, seq: int, leaf: Leaf, rows: list[Sealed], erased: Collection[str]) -> None:
        try:
            for text in sealed.problems(leaf["content"], rows, erased):
                self._say(seq, leaf["case"], text, "sealed")
        except TypeError:
            self._say(seq, leaf["case"], _NOT_BYTES, "sealed")

    def decided(self, by: int, case: str, proposed: Mapping[str, Any]) -> None:
        """An erasure in a case that the entry ``by`` agreed to: ``entry`` and ``fields`` of its proposal."""
        target, names = proposed.get("entry"), proposed.get("fields")
        if type(target) is int and isinstance(names, list):
            self._decided.update((by, case, target, str(name)) for name in names)

    def finish(self, cases: Mapping[int, str], lost: Collection[str]) -> None:
        """After the last entry: every erasure was decided by the entry that is said to have done it, and done.

        ``cases`` gives the case of each entry from which something was erased; ``lost`` are those not followed.
        """
        done = set()
        for (seq, name), by in sorted(self._erased.items()):
            case = cases.get(seq, "")
            done.add((by, case, seq, name))
            if ((by, case, seq, name) not in self._decided or by <= seq) and case not in lost:
                self._say(seq, case, _NOT_SAID.fill(name=name, by=by), "erasure")
        for by, case, seq, name in sorted(self._decided - done):
            self._say(seq, case, _NOT_DONE.fill(name=name, by=by), "erasure")

    def _say(self, seq: int, case: str, text: Text, part: Any = "entry") -> None:
        self.findings.append(Finding(part, text, seq=seq, case=case))


def _wrong_form(said: Leaf) -> Text | None:
    members = _FORMATS.get(said.get("format", 0)) if type(said.get("format")) is int else None
    if members is None:
        return _FORMAT
    odd = sorted({*said, "opening"} ^ {*members, "opening"})
    odd += [name for name in _WORDS if name in said and not isinstance(said[name], str)]
    odd += list(_ill_formed(said)) if not odd else []
    return _FORM.fill(name=odd[0]) if odd else None


def _ill_formed(said: Leaf) -> Iterator[str]:
    """The members whose value has another form than entries have."""
    if not isinstance(said["content"], dict):
        yield "content"
    if not isinstance(said["articles"], list):
        yield "articles"
    if "opening" in said and not isinstance(said["opening"], dict):
        yield "opening"
    if said["step"] not in STEPS:
        yield "step"
    nonce = said.get("nonce")
    if nonce is not None and (not isinstance(nonce, str) or len(nonce) != 32):
        yield "nonce"
    try:
        if datetime.fromisoformat(said["at"]).isoformat(timespec="seconds") != said["at"][:19] + "+08:00":
            yield "at"
    except ValueError:
        yield "at"


def _wrong_column(said: Leaf, row: Sequence[Any]) -> Text | None:
    for column, value in zip(COLUMNS, row[3:], strict=False):
        if said[_MEMBERS[column]] != value:
            return _COLUMNS.fill(name=column)
    return None if datetime.fromisoformat(said["at"]) == _moment(row[-1]) else _COLUMNS.fill(name="at")


def _moment(text: str) -> datetime | None:
    """A time as a database writes it, in UTC unless it says otherwise; None for what is no time."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
