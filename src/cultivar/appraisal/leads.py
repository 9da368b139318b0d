"""Leads for a human: things in an application that somebody should look at. Never a verdict, never a place in a list.

Pure. What is copied is found by winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003): of every run of characters a
hash, of every window of hashes the least; two texts that share a run of ``RUN + WINDOW - 1`` characters share a print.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cultivar.appraisal.roster import Firm, Roster
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import Measure, vocabulary

RUN, WINDOW = 10, 8  # characters; a shared passage of 17 is always seen
COPIED = Decimal("0.5")  # of a text's prints that stand in the other text
MANY = 8  # cases, before what many of them say is taken for usual
FEWEST_PRINTS = 6  # a text of fewer says too little to be called copied
ROUND_FROM = 8  # enterprises with a figure of four digits or more, before a share of round ones says anything
REPEATED = 4  # enterprises with the very same figure of four digits or more


@dataclass(frozen=True)
class Lead:
    """Something to look at. ``codes``: the enterprises concerned; ``others``: numbers of other cases."""

    kind: str
    text: Text
    codes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def expired(roster: Roster, kinds: Iterable[str]) -> Iterator[Lead]:
    """Enterprises whose qualification of a kind has run out, with no other of that kind that is valid."""
    for kind in dict.fromkeys(kinds):
        codes = [firm.code for firm in roster.firms if _ran_out(firm, kind, roster)]
        if codes:
            yield Lead(
                "expired",
                Text(
                    "{n} 家企业的“{name}”已过有效期，没有计入。",
                    "The “{name}” of {n} enterprises has expired and is not counted.",
                ).fill(n=len(codes), name=vocabulary().qualifications[kind].name),
                tuple(sorted(codes)),
            )


def _ran_out(firm: Firm, kind: str, roster: Roster) -> bool:
    held = [one for one in firm.held if one.kind == kind]
    return bool(held) and all(one.until_on is not None and one.until_on < roster.on for one in held)


def disagreeing(roster: Roster, official: Mapping[str, Mapping[str, int]]) -> Iterator[Lead]:
    """Measures where the roster says another thing of an enterprise than an authority does, by ``official``.

    The largest quotient is told: ten thousand is a wrong unit, a few per cent another day of counting.
    """
    for measure in vocabulary().measures.values():
        differing: dict[str, Decimal] = {}
        for firm, value in zip(roster.firms, roster.column(measure.id), strict=True):
            theirs = official.get(firm.code, {}).get(measure.id)
            if value is not None and theirs is not None and value != theirs:
                low, high = sorted((abs(value), abs(theirs)))
                differing[firm.code] = Decimal(high) / low if low else Decimal("Infinity")
        if differing:
            codes = tuple(sorted(differing, key=lambda code: (-differing[code], code)))
            yield Lead("disagrees", _disagreement(measure, differing[codes[0]], len(codes)), codes)


def _disagreement(measure: Measure, most: Decimal, count: int) -> Text:
    text = Text(
        "{n} 家企业的“{name}”与主管部门登记的不一致",
        "The “{name}” of {n} enterprises is not what an authority states",
    ).fill(n=count, name=measure.name)
    if measure.kind == "yes-no" or not most.is_finite():
        return Text(f"{text.zh}。", f"{text.en}.")
    times = f"{most:.2f}" if most < 10 else f"{most:.0f}"
    return Text(f"{text.zh}，相差最大的是 {times} 倍。", f"{text.en}; at most they are {times} times apart.")


def too_round(roster: Roster) -> Iterator[Lead]:
    """Measures of which at least half the figures have no more than two digits that say something."""
    for measure in vocabulary().measures.values():
        values = dict(_large(roster, measure))
        rough = [code for code, value in values.items() if is_round(value)]
        if len(values) >= ROUND_FROM and len(rough) * 2 >= len(values):
            yield Lead(
                "round",
                Text(
                    "{k}/{n} 家企业的“{name}”是整数，可能是估数。",
                    "The “{name}” of {k} out of {n} enterprises is a round number, perhaps an estimate.",
                ).fill(k=len(rough), n=len(values), name=measure.name),
                tuple(sorted(rough)),
            )


def repeated(roster: Roster) -> Iterator[Lead]:
    """Measures where several enterprises gave the very same figure."""
    for measure in vocabulary().measures.values():
        values = dict(_large(roster, measure))
        for value, count in sorted(Counter(values.values()).items()):
            if count >= REPEATED and not is_round(value):
                codes = tuple(sorted(code for code, one in values.items() if one == value))
                yield Lead(
                    "repeated",
                    Text(
                        "{n} 家企业的“{name}”都是 {value}，可能是复制的。",
                        "{n} enterprises all give {value} as “{name}”, perhaps copied.",
                    ).fill(n=count, name=measure.name, value=f"{value.normalize():f}"),
                    codes,
                )


def _large(roster: Roster, measure: Measure) -> Iterator[tuple[str, Decimal]]:
    """The figures of a measure that have four digits or more before the point, on paper, by enterprise."""
    if measure.kind == "yes-no":
        return
    for firm, value in zip(roster.firms, roster.column(measure.id), strict=True):
        if value is not None and abs(measure.on_paper(value)) >= 1000:
            yield firm.code, measure.on_paper(value)


def is_round(value: Decimal) -> bool:
    """Whether a figure has no more than two digits before its zeros: 1200, 350000, 90."""
    digits = value.normalize().as_tuple()
    return len(digits.digits) <= 2


# ------------------------------------------------------------------------------------------------- copied texts


def prints(text: str) -> frozenset[int]:
    """The prints of a text, whatever its punctuation, width and case."""
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    hashes = [_hash(plain[at : at + RUN]) for at in range(len(plain) - RUN + 1)]
    return frozenset(min(hashes[at : at + WINDOW]) for at in range(max(len(hashes) - WINDOW + 1, 0)))


def _hash(run: str) -> int:
    return int.from_bytes(hashlib.blake2b(run.encode(), digest_size=6).digest())


def share_copied(mine: frozenset[int], other: frozenset[int]) -> Decimal:
    """How much of a text stands in another: 0 to 1; 0 where either is too short to tell."""
    if min(len(mine), len(other)) < FEWEST_PRINTS:
        return Decimal(0)
    return Decimal(len(mine & other)) / len(mine)


def _usual(texts: Collection[frozenset[int]]) -> set[int]:
    if len(texts) < MANY:
        return set()
    standing = Counter(mark for marks in texts for mark in marks)
    return {mark for mark, count in standing.items() if count * 4 >= len(texts)}


def copied(
    names: Mapping[str, Text],
    mine: Mapping[str, frozenset[int]],
    others: Mapping[str, Mapping[str, frozenset[int]]],
) -> Iterator[Lead]:
    """Long texts of which half or more stands in the same field of other cases; ``others`` is by case and field.

    What stands in a quarter of many cases is how such things are said, and copied from nobody in particular.
    """
    for field, written in mine.items():
        theirs = {case: fields.get(field, frozenset()) for case, fields in others.items()}
        ours = written - _usual(theirs.values())
        found = {
            case: share for case, marks in theirs.items() if (share := share_copied(ours, marks)) >= COPIED
        }
        if found:
            most = max(found.values())
            yield Lead(
                "copied",
                Text(
                    "“{name}”约 {percent}% 的文字也出现在别的申报书里。",
                    "Some {percent} % of “{name}” also stands in other dossiers.",
                ).fill(name=names[field], percent=round(most * 100)),
                others=tuple(sorted(found, key=lambda case: (-found[case], case))),
            )
