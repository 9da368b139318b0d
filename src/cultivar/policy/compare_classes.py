"""How a change is classed. Each rule here has an opposite, so that the way back is classed the opposite way.

- *tightening*: more must hold, or less is open, than before: a condition, a bar, a required entry, a kind of
  evidence, a guard, a target, a ground of sanction is added; a least value rises, a greatest value, a length or an
  applicant's time falls; a field, a direction, a choice, a designated subject, the way to apply jointly goes.
  *loosening*: the opposite.
- *responsibility*: who acts, agrees, owes, decides or plays a part, and over which cases.
- *procedure*: stages, acts and what links them, what is seen and made public, what a notice must say.
- *wording*: texts, articles and their numbers, open points.
- *parameter*: a figure or a choice whose direction is not known, and whatever has no rule of its own.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from cultivar.policy.compare_sides import Spot, of_applicant
from cultivar.policy.model import (
    Article,
    Body,
    Duty,
    IndustryField,
    Measure,
    OpenPoint,
    Programme,
    RoundSetting,
    Sanction,
    Title,
)
from cultivar.policy.model_conditions import Bar, Condition, Designation, Direction, Evidence, Target
from cultivar.policy.model_form import Column, FormField, FormSection
from cultivar.policy.model_parts import Part, Said
from cultivar.policy.model_procedure import Act, ContentField, Guard, Limit, Period, Procedure, Stage

Class = Literal["wording", "parameter", "tightening", "loosening", "procedure", "responsibility"]
CLASSES: tuple[Class, ...] = (
    *("tightening", "loosening", "parameter"),
    *("procedure", "responsibility", "wording"),
)


def class_of(spot: Spot, before: Any, after: Any) -> Class:
    """The class of one change at a place; ``before`` or ``after`` is None where there is nothing."""
    if spot.texts:
        return "responsibility" if spot.name == "issuer" else "wording"
    if before is None and _is_thing(after):
        return _added(spot, after)
    if after is None and _is_thing(before):
        return opposite(_added(spot, before))
    return _altered(spot, before, after)


def opposite(one: Class) -> Class:
    """The class of the way back."""
    back: dict[Class, Class] = {"tightening": "loosening", "loosening": "tightening"}
    return back.get(one, one)


def _is_thing(value: Any) -> bool:
    return isinstance(value, Part)


# ------------------------------------------------------------------------------------------ what came or went


def _added(spot: Spot, thing: Any) -> Class:
    """The class of a thing's coming."""
    for kind, rule in _COMING:
        if isinstance(thing, kind):
            return rule if isinstance(rule, str) else rule(spot, thing)
    if spot.name == "choices":
        return "procedure" if _inside_act(spot) else "loosening"
    if spot.name == "posts":
        return "responsibility"
    if type(thing) is Said:
        return "wording"
    return "parameter"


def _inside_act(spot: Spot) -> bool:
    return spot.before.inmost(Act) is not None or spot.after.inmost(Act) is not None


def _condition(spot: Spot, _thing: Any) -> Class:
    """One more of conditions that must all hold; one more way where any is enough."""
    holder = next(side.programme for side in (spot.before, spot.after) if side.inmost(Condition))
    return "tightening" if holder.conditions_hold == "all" else "loosening"


def _form_field(_spot: Spot, thing: Any) -> Class:
    if thing.type == "partner-regions":
        return "loosening"
    return "tightening" if thing.required else "procedure"


def _column(_spot: Spot, thing: Any) -> Class:
    return "tightening" if thing.required else "procedure"


def _section(_spot: Spot, thing: Any) -> Class:
    return "tightening" if any(one.required for one in thing.fields) else "procedure"


def _content(spot: Spot, thing: Any) -> Class:
    if thing.type == "partner-regions":
        return "loosening"
    return "tightening" if thing.required and of_applicant(spot) else "procedure"


def _limit(spot: Spot, _thing: Any) -> Class:
    return "tightening" if of_applicant(spot) else "procedure"


_COMING: tuple[tuple[type[Part], Class | Callable[[Spot, Any], Class]], ...] = (
    (Condition, _condition),
    (FormField, _form_field),
    (FormSection, _section),
    (Column, _column),
    (ContentField, _content),
    (Limit, _limit),
    (Evidence, "tightening"),
    (Bar, "tightening"),
    (Target, "tightening"),
    (Guard, "tightening"),
    (Sanction, "tightening"),
    (IndustryField, "loosening"),
    (Direction, "loosening"),
    (Designation, "loosening"),
    (Duty, "responsibility"),
    (Measure, "responsibility"),
    (Body, "responsibility"),
    (OpenPoint, "wording"),
    (Article, "wording"),
    (RoundSetting, "procedure"),
    (Title, "procedure"),
    (Stage, "procedure"),
    (Act, "procedure"),
    (Procedure, "procedure"),
    (Period, "procedure"),
)

# ---------------------------------------------------------------------------------------------- what was altered

_MORE_IS_TIGHTER = frozenset({"least", "at_least", "more_than"})
_LESS_IS_TIGHTER = frozenset({"at_most", "most", "less_than", "every_years"})
_RESPONSIBILITY = frozenset({"by", "agrees", "played_by", "scope", "posts", "issuer"})
_PROCEDURE = frozenset(
    {
        *("from_", "to", "when", "four_eyes", "once_per", "leaves_panel", "publishes", "issues"),
        *("grants", "ends", "hidden_from", "seen_by", "sealed_until", "harm", "waits_for", "rests", "final"),
        *("about", "parent", "opens", "personal", "judged_by", "chosen", "on_expiry", "after"),
        *("including", "every", "until", "set_by", "needed_when", "counts", "quorum", "majority"),
        "again_after",
    }
)
_WORDING = frozenset({"article", "articles", "readings", "examples"})


def _altered(spot: Spot, before: Any, after: Any) -> Class:
    owner = _owner(spot)
    if isinstance(owner, Guard):
        return "procedure"
    special = _SPECIAL.get((type(owner), spot.name))
    if special is not None:
        return special if isinstance(special, str) else special(spot, before, after)
    if spot.name == "required":
        return _tighter(int(after) - int(before))
    if spot.name in _MORE_IS_TIGHTER:
        return _tighter(_compared(before, after))
    if spot.name in _LESS_IS_TIGHTER:
        return _tighter(_compared(before, after, absent_is_most=True))
    for names, kind in (
        (_RESPONSIBILITY, "responsibility"),
        (_PROCEDURE, "procedure"),
        (_WORDING, "wording"),
    ):
        if spot.name in names:
            return kind  # type: ignore[return-value]
    return "parameter"


def _owner(spot: Spot) -> Part:
    return (spot.after if len(spot.after.chain) >= len(spot.before.chain) else spot.before).chain[-1]


def _tighter(sign: int) -> Class:
    """Tightening above zero, loosening below, a mere parameter where the direction is not known."""
    return "tightening" if sign > 0 else "loosening" if sign < 0 else "parameter"


def _compared(before: Any, after: Any, *, absent_is_most: bool = False) -> int:
    """1 where ``after`` binds more, -1 where it binds less, 0 where that cannot be said.

    A bar binds the more the higher it is, a maximum (``absent_is_most``) the lower it is; none binds least.
    """
    if before is None or after is None:
        return (after is not None) - (before is not None)
    one, other = _number(before), _number(after)
    if one is None or other is None:
        return 0
    rise = (other > one) - (other < one)
    return -rise if absent_is_most else rise


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _gained(_spot: Spot, before: Any, after: Any) -> Class | None:
    """What a list that only grows or only shrinks is; None where it does both."""
    gained, lost = set(after) - set(before), set(before) - set(after)
    if gained and lost:
        return None
    return "tightening" if gained else "loosening"


def _needs(spot: Spot, before: Any, after: Any) -> Class:
    return _gained(spot, before, after) or "procedure"


def _evidence(spot: Spot, before: Any, after: Any) -> Class:
    return _gained(spot, before, after) or "parameter"


def _conditions_hold(_spot: Spot, _before: Any, after: Any) -> Class:
    return "tightening" if after == "all" else "loosening"


def _time(spot: Spot, before: Any, after: Any) -> Class:
    """Less time is tighter for an applicant; for an office that must act it is only another figure."""
    limits = [side.inmost(Limit) for side in (spot.before, spot.after)]
    same_unit = len({limit.unit for limit in limits if limit}) == 1
    if not (of_applicant(spot) and same_unit):
        return "parameter"
    return _tighter(_compared(before, after, absent_is_most=True))


def _first_day(spot: Spot, _before: Any, after: Any) -> Class:
    if not of_applicant(spot):
        return "parameter"
    return "tightening" if after == "counted" else "loosening"


def _target(spot: Spot, before: Any, after: Any) -> Class:
    """More is tighter where the target asks for at least so much, in both versions."""
    targets = [side.inmost(Target) for side in (spot.before, spot.after)]
    floors = all(target and target.bound in ("at least", "more than") for target in targets)
    return _tighter(_compared(before, after)) if floors else "parameter"


def _target_year(_spot: Spot, before: Any, after: Any) -> Class:
    return _tighter(_compared(before, after, absent_is_most=True))


def _measure_kind(_spot: Spot, before: Any, after: Any) -> Class:
    """To take part is one thing, to be responsible another."""
    return "responsibility" if "responsibility" in (before, after) else "parameter"


_SPECIAL: dict[tuple[type[Part], str], Class | Callable[[Spot, Any, Any], Class]] = {
    (Act, "needs"): _needs,
    (Condition, "evidence"): _evidence,
    (Programme, "conditions_hold"): _conditions_hold,
    (Limit, "n"): _time,
    (Limit, "first_day"): _first_day,
    (Target, "value"): _target,
    (Target, "by_year"): _target_year,
    (Measure, "kind"): _measure_kind,
    (Article, "number"): "wording",
    (Programme, "transition"): "procedure",
    (Article, "kind"): "procedure",
    (OpenPoint, "set_by"): "responsibility",
    (RoundSetting, "required"): "procedure",
    (RoundSetting, "type"): "procedure",
    (ContentField, "type"): "procedure",
}
