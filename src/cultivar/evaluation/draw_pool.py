"""What is fixed and hashed before the seed of a draw exists: who may be drawn, for which seats, by which sources.

Whoever could still change the list, the number of seats or the choice of sources once the seed is known could choose
the outcome. All of it stands in one document therefore, whose SHA-256 is made public first. The order in which a list
was typed has no meaning: it is sorted by its numbers before it is hashed.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

from cultivar.evaluation.draw_seed import Source, sources
from cultivar.ledger.canonical import canonical
from cultivar.policy.text import Text

RULE = "cultivar-draw/1"
Purpose: TypeAlias = Literal["seats", "order"]

_BLANK = re.compile(r"[\u034f\u115f\u1160\u3164\uffa0\u2800\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_NO_POOL = Text("名单是空的。", "The list is empty.")
_NO_ID = Text("名单第 {row} 个没有编号。", "Entry {row} of the list has no number.")
_TWICE = Text("名单里“{id}”出现了 {times} 次，编号不能重复。", "“{id}” stands {times} times in the list.")
_ALIKE = Text(
    "名单里的“{one}”和“{other}”是同一个编号的两种写法（大小写、全角、看不见的字符），同一个人不能列两次；只留一个。",
    "“{one}” and “{other}” of the list are one number in two writings (capitals, full width, signs that cannot be "
    "seen); nobody may stand in it twice. Keep one.",
)
_NO_SEATS = Text("没有写要抽多少个。", "The seats to be drawn are not given.")
_BAD_SEATS = Text(
    "“{stratum}”的名额 {seats}、备选 {alternates} 不对：名额至少 1 个，备选不能是负数。",
    "“{stratum}” has {seats} seats and {alternates} alternates; it takes at least 1 seat and no negative number.",
)
_OVERLAP = Text(
    "“{one}”和“{other}”有交叉，同一个人只能属于其中一组；改成互不包含的组。",
    "“{one}” and “{other}” overlap; a member may belong to one only. Give groups that exclude each other.",
)
_SHORT = Text(
    "“{stratum}”要抽 {wanted} 个，名单里只有 {there} 个，差 {lacking} 个",
    "“{stratum}” needs {wanted} and the list holds {there}: {lacking} lacking",
)
_SHORT_ALL = Text("人数不够，不能冻结：{short}。", "The list is short and cannot be frozen: {short}.")
_ALL = Text("全部", "all")


class BadDraw(ValueError):
    """A draw that cannot be made, or a document that is none; ``text`` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Candidate(NamedTuple):
    """Who may be drawn: a number that names nobody in public, the kind (technical, finance ...) and the field."""

    id: str
    kind: str = ""
    field: str = ""


class Stratum(NamedTuple):
    """So many seats and alternates out of one kind and field; "" is any. ``alternates`` None: all who are left."""

    kind: str
    field: str
    seats: int
    alternates: int | None = None

    def holds(self, one: Candidate) -> bool:
        """Whether ``one`` may be drawn here."""
        return self.kind in ("", one.kind) and self.field in ("", one.field)

    @property
    def name(self) -> Text:
        """How the stratum is called in a sentence."""
        if not self.kind and not self.field:
            return _ALL
        label = f"{self.kind or '*'}/{self.field}" if self.field else self.kind
        return Text(label, label)


@dataclass(frozen=True)
class Frozen:
    """What is fixed before the seed exists; ``pool``, ``strata`` and ``sources`` in canonical order."""

    purpose: Purpose
    pool: tuple[Candidate, ...]
    strata: tuple[Stratum, ...]
    sources: tuple[Source, ...]

    def members(self, stratum: Stratum) -> tuple[Candidate, ...]:
        """Who may be drawn in ``stratum``, by number."""
        return tuple(one for one in self.pool if stratum.holds(one))

    @property
    def document(self) -> dict[str, Any]:
        """Plain data, to be published before the seed exists."""
        pool = [one._asdict() for one in self.pool]
        return {
            "rule": RULE,
            "purpose": self.purpose,
            "pool": pool,
            "pool_sha256": sha256(pool),
            "strata": [one._asdict() for one in self.strata],
            "sources": [one._asdict() for one in self.sources],
        }

    @cached_property
    def sha256(self) -> str:
        """The hash of ``document``, 64 hex digits."""
        return sha256(self.document)


def freeze(
    pool: Iterable[Candidate],
    strata: Iterable[Stratum],
    announced: Iterable[Source],
    purpose: Purpose = "seats",
) -> Frozen:
    """Fixes a draw. Raises ``BadDraw`` or ``BadSeed``; a list that is short says for which strata, and by how many."""
    frozen = Frozen(purpose, _pool(pool), _strata(strata), sources(announced))
    short = [line for stratum in frozen.strata for line in _short(frozen, stratum)]
    if short:
        joined = Text("；".join(line.zh for line in short), "; ".join(line.en for line in short))
        raise BadDraw(_SHORT_ALL.fill(short=joined))
    return frozen


def freeze_order(ids: Iterable[str], announced: Iterable[Source]) -> Frozen:
    """Fixes a draw that puts all of ``ids`` in an order: of speaking, or among equals. Raises as ``freeze`` does."""
    everyone = [Candidate(one) for one in ids]
    return freeze(everyone, [Stratum("", "", max(len(everyone), 1), 0)], announced, "order")


def sha256(data: Any) -> str:
    """The SHA-256 of the canonical JSON of plain data, in hex."""
    return hashlib.sha256(canonical(data)).hexdigest()


def _pool(listed: Iterable[Candidate]) -> tuple[Candidate, ...]:
    pool = [Candidate(*(_tidy(word) for word in one)) for one in listed]
    if not pool:
        raise BadDraw(_NO_POOL)
    for row, one in enumerate(pool, 1):
        if not _alike(one.id):
            raise BadDraw(_NO_ID.fill(row=row))
    for number, times in Counter(one.id for one in pool).items():
        if times > 1:
            raise BadDraw(_TWICE.fill(id=number, times=times))
    seen: dict[str, str] = {}
    for one in pool:
        before = seen.setdefault(_alike(one.id), one.id)
        if before != one.id:
            raise BadDraw(_ALIKE.fill(one=before, other=one.id))
    return tuple(sorted(pool))


def _strata(given: Iterable[Stratum]) -> tuple[Stratum, ...]:
    strata = sorted(
        (one._replace(kind=_tidy(one.kind), field=_tidy(one.field)) for one in given),
        key=lambda one: (one.kind, one.field),
    )
    if not strata:
        raise BadDraw(_NO_SEATS)
    for one in strata:
        if one.seats < 1 or (one.alternates is not None and one.alternates < 0):
            alternates = "—" if one.alternates is None else one.alternates
            raise BadDraw(_BAD_SEATS.fill(stratum=one.name, seats=one.seats, alternates=alternates))
    _refuse_overlap(strata)
    return tuple(strata)


def _refuse_overlap(strata: Sequence[Stratum]) -> None:
    for index, one in enumerate(strata):
        for other in strata[index + 1 :]:
            kinds = one.kind == other.kind or not one.kind or not other.kind
            fields = one.field == other.field or not one.field or not other.field
            if kinds and fields:
                raise BadDraw(_OVERLAP.fill(one=one.name, other=other.name))


def _short(frozen: Frozen, stratum: Stratum) -> list[Text]:
    there, wanted = len(frozen.members(stratum)), stratum.seats + (stratum.alternates or 0)
    if there >= wanted:
        return []
    return [_SHORT.fill(stratum=stratum.name, wanted=wanted, there=there, lacking=wanted - there)]


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _alike(number: str) -> str:
    """What two writings of one number have in common: no case, no width, no spaces, no signs that cannot be seen."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", number).casefold())
    return "".join(sign for sign in plain if not _unseen(sign))


def _unseen(sign: str) -> bool:
    """Spaces, controls, joiners, marks of direction, variation selectors and letters that are drawn as a blank."""
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf") or bool(_BLANK.match(sign))
