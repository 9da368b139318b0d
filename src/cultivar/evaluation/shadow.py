"""What is too close to call: a second look at the official order, for the office's eyes only.

Nothing here changes a score, an order or a list. The shadow score asks what an application would have got from experts
of average severity; the probability asks how often it would stand within the line had the panel been another draw of
the same experts' sheets. Where shadow and official score fall on different sides of the line, the application is
marked for re-examination by people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from cultivar.evaluation.bootstrap import inside, inside_by_groups, panels
from cultivar.evaluation.quota import GroupQuota, select
from cultivar.evaluation.scores import (
    DRAWN,
    BadScores,
    Entry,
    Place,
    Rule,
    Score,
    mean,
    ranked,
    score,
)
from cultivar.policy.text import Text

PENALTY = Decimal(1)
REPEATS = 500  # the standard error of a probability is then at most 2.3 percentage points
_EXACT = Decimal("0.000001")  # least squares are solved in binary; what lies below this is noise

_BAD_PENALTY = Text("岭惩罚应大于 0。", "The ridge penalty must be above 0.")
_BAD_REPEATS = Text("重抽次数至少为 1。", "It takes at least 1 repetition.")
_FALLS = Text(
    "按官方得分在名额内，校正专家宽严后在名额外；建议复议。",
    "Within the line by official score, outside once the experts' severity is taken out; have it re-examined.",
)
_RISES = Text(
    "按官方得分在名额外，校正专家宽严后在名额内；建议复议。",
    "Outside the line by official score, within once the experts' severity is taken out; have it re-examined.",
)


@dataclass(frozen=True)
class Severity:
    """Scores at average severity, by application, and how far each expert lies above (+) or below (-) the others."""

    scores: Mapping[str, Decimal]
    experts: Mapping[str, Decimal]
    penalty: Decimal


@dataclass(frozen=True)
class Lead:
    """One application on both sides, its chance (0 to 1) of the line, and a flag where the sides differ."""

    place: Place
    inside: bool
    shadow: Decimal
    shadow_inside: bool
    probability: Decimal
    flag: Text | None


def severity(entries: Iterable[Entry], rule: Rule, penalty: Decimal = PENALTY) -> Severity:
    """Shadow scores, to the places of ``rule``: ridge regression of totals on application and expert.

    Least squares of ``total = application + expert`` over all sheets (none is dropped), plus ``penalty`` times the sum
    of the squared experts' severities. The greater the penalty, the less is put down to severity; it is roughly the
    number of sheets at which half of an expert's mean distance is believed. Severities sum to 0. Raises ``BadScores``.
    """
    if not penalty.is_finite() or penalty <= 0:
        raise BadScores(_BAD_PENALTY)
    found = [score(entry, rule).entry for entry in entries]
    experts = sorted({sheet.expert for entry in found for sheet in entry.sheets})
    at = {expert: index for index, expert in enumerate(experts)}
    left = np.diag(np.full(len(experts), float(penalty)))
    right = np.zeros(len(experts))
    for entry in found:  # applications are taken out of the equations: each by the mean of its own sheets
        own = np.array([at[sheet.expert] for sheet in entry.sheets])
        totals = np.array([float(sheet.total) for sheet in entry.sheets])
        left[own, own] += 1
        left[np.ix_(own, own)] -= 1 / len(own)
        right[own] += totals - totals.mean()
    severities = np.asarray(np.linalg.solve(left, right), dtype=np.float64)
    return Severity(
        scores={entry.id: _rounded(_level(entry, severities, at), rule) for entry in found},
        experts={expert: _rounded(severities[at[expert]], rule) for expert in experts},
        penalty=penalty,
    )


def probabilities(
    entries: Sequence[Entry],
    rule: Rule,
    quota: int,
    seed: bytes,
    quotas: Sequence[GroupQuota] = (),
    repeats: int = REPEATS,
    drawn: Sequence[str] | None = None,
) -> dict[str, Decimal]:
    """How often each application stands within the line (0 to 1, three places) over ``repeats`` other panels.

    The panels are those of ``bootstrap`` and follow from ``seed``. One sheet alone cannot vary; its figure tells of
    the others only. Equals share a rank; they stand in the ``drawn`` order where the rule has lots, and by other
    lots where groups have quotas. Raises ``BadScores``.
    """
    if repeats < 1:
        raise BadScores(_BAD_REPEATS)
    order = sorted(entries, key=lambda one: one.id)
    for entry in order:
        score(entry, rule)
    found = panels(order, rule, seed, repeats)
    lots = drawn if DRAWN in rule.ties else None
    counts = inside_by_groups(found, quota, quotas, order, seed) if quotas else inside(found, quota, lots)
    return {
        number: (Decimal(int(count)) / repeats).quantize(Decimal("0.001"))
        for number, count in zip(found.numbers, counts, strict=True)
    }


def leads(
    entries: Sequence[Entry],
    rule: Rule,
    quota: int,
    seed: bytes,
    quotas: Sequence[GroupQuota] = (),
    drawn: Sequence[str] | None = None,
    penalty: Decimal = PENALTY,
    repeats: int = REPEATS,
) -> list[Lead]:
    """The official order with shadow score, probability and flag of each application.

    ``drawn`` is the drawn order, of the official equals at least. Where lots were drawn or groups have quotas, equals
    in shadow score stand as they do officially, for no lot was drawn among them. Raises ``BadScores``.
    """
    places = ranked([score(entry, rule) for entry in entries], rule, drawn)
    shadow = severity(entries, rule, penalty)
    instead = [_at(place.score, shadow.scores[place.id]) for place in places]
    official = set(select(places, quota, quotas).inside)
    lots = _by_lot(rule) if quotas else rule
    again = ranked(instead, lots, [place.id for place in places] if quotas or drawn else None)
    other = set(select(again, quota, quotas).inside)
    chances = probabilities(entries, rule, quota, seed, quotas, repeats, drawn)
    return [
        Lead(
            place=place,
            inside=place.id in official,
            shadow=shadow.scores[place.id],
            shadow_inside=place.id in other,
            probability=chances[place.id],
            flag=_flag(place.id in official, place.id in other),
        )
        for place in places
    ]


def _by_lot(rule: Rule) -> Rule:
    return rule if DRAWN in rule.ties else replace(rule, ties=(*rule.ties, DRAWN))


def _flag(official: bool, shadow: bool) -> Text | None:
    if official == shadow:
        return None
    return _FALLS if official else _RISES


def _at(one: Score, shadow: Decimal) -> Score:
    return Score(one.entry, shadow, one.kept, one.dropped, one.criteria, one.warnings)


def _level(entry: Entry, severities: NDArray[np.float64], at: Mapping[str, int]) -> float:
    return float(np.mean([float(sheet.total) - severities[at[sheet.expert]] for sheet in entry.sheets]))


def _rounded(value: float, rule: Rule) -> Decimal:
    return mean([Decimal(repr(float(value))).quantize(_EXACT)], rule) + 0  # no "-0.00"
