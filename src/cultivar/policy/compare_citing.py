"""To which article a change belongs.

The nearest enclosing thing that cites an article decides. Some things cite none themselves: an entry of the dossier
belongs to the article of its indicator, evidence or condition, what a notice says to the article of the setting that
it fills, a stage to the articles of the acts that it waits for (else of those that lead there), a guard to those of
the acts that need it, a body or post to those of the acts that it does.

Of several articles that an act cites, the first is the one by which it is done, and its changes belong there. Where a
thing cites an article in one version only, what changed in it came with that article.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cultivar.policy.citation import short_number
from cultivar.policy.compare_sides import Side, Spot
from cultivar.policy.model import Article, Body, Programme
from cultivar.policy.model_conditions import Condition, Evidence, Indicator
from cultivar.policy.model_form import FormField
from cultivar.policy.model_parts import Part
from cultivar.policy.model_procedure import Act, ContentField, Guard, Procedure, Stage

TITLE = "title"  # the head of the document: title, issuer, dates, status
_HEAD = frozenset(
    {
        *("title", "short_title", "document_number", "issuer", "issued", "in_force"),
        *("status", "region", "subject", "case_prefix", "supersedes", "transition"),
    }
)


def cited(spot: Spot, nothing_before: bool, nothing_after: bool) -> frozenset[str]:
    """Ids of the articles to which a change belongs; ``TITLE`` for the head of the document."""
    if spot.path[0] in _HEAD:
        return frozenset({TITLE})
    before, after = spot.before, spot.after
    one_sided = (after if nothing_before else before) if len(before.chain) != len(after.chain) else None
    if one_sided is not None and (nothing_before or nothing_after):
        own = _of(one_sided, one_sided.chain[-1], spot)
        if own is not None:
            return frozenset(own.main)
        shared = min(len(before.chain), len(after.chain))
        before, after = (Side(side.programme, side.chain[:shared]) for side in (before, after))
    one, other = _nearest(before, spot), _nearest(after, spot)
    differing = frozenset(one.all) ^ frozenset(other.all)
    return differing if one.own and differing else frozenset((*one.main, *other.main))


def label(spot: Spot, cites: Iterable[str]) -> str:
    """The numbers of the articles as the document counts, in its order; both numbers of one that moved."""
    cites = set(cites)
    if TITLE in cites:
        return TITLE
    numbers = {
        article.number
        for side in (spot.before, spot.after)
        for article in side.programme.articles
        if article.id in cites
    }
    return ", ".join(short_number(number) for number in sorted(numbers, key=_counted))


def order(article: str) -> tuple[int, tuple[tuple[int, int, str], ...]]:
    """Where a change at ``article`` stands: the head first, then as the document counts, then what cites none."""
    place = 0 if article == TITLE else 2 if not article else 1
    return place, tuple(_counted(one.replace("(", ".").replace(")", ""))[0] for one in article.split(", "))


def _counted(number: str) -> tuple[tuple[int, int, str], ...]:
    parts = number.split(".")
    if not all(part.isdecimal() for part in parts):
        return ((1, 0, number),)
    return ((0, int(parts[0]), ".".join(part.zfill(4) for part in parts[1:])),)


@dataclass(frozen=True)
class _Cited:
    """Articles of a part: those to which its changes belong, all that it cites, and whether it cites them itself."""

    main: tuple[str, ...]
    all: tuple[str, ...]
    own: bool = True


def _nearest(side: Side, spot: Spot) -> _Cited:
    return next(
        (found for part in reversed(side.chain) if (found := _of(side, part, spot)) is not None),
        _Cited((), ()),
    )


def _of(side: Side, part: Part, spot: Spot) -> _Cited | None:
    """The articles of one part in one version; None where it has none of its own and what encloses it decides."""
    following: Iterable[str] | None = None
    if isinstance(part, Guard):
        following = _of_acts(side.programme, lambda act: spot.path[1] in act.needs)
    elif isinstance(part, Body):
        post = spot.path[3] if spot.path[2:3] == ("posts",) else ""
        following = _of_acts(side.programme, lambda act: _does(act, spot.path[1], post))
    elif isinstance(part, Stage):
        following = _of_stage(side, part)
    if following is not None:
        known = tuple(following)
        return _Cited(known, known, own=False)
    own = tuple(_own(side, part, spot))
    if not own:
        return None
    return _Cited(own[:1] if isinstance(part, Act) else own, own)


def _own(side: Side, part: Part, spot: Spot) -> list[str]:
    programme = side.programme
    if isinstance(part, Article):
        return [part.id]
    if isinstance(part, FormField):
        return _of_entry(programme, part)
    if isinstance(part, ContentField):
        about = side.inmost(Procedure)
        name = spot.path[spot.path.index("content") + 1]
        settings = programme.round if about is not None and about.about == "round" else []
        return [setting.article for setting in settings if setting.id == name]
    if isinstance(part, Programme) and spot.name == "conditions_hold":
        return sorted({condition.article.partition(".")[0] for condition in programme.conditions})
    several = getattr(part, "articles", None)
    if isinstance(several, list) and not isinstance(part, Programme):
        return list(several)
    one = getattr(part, "article", None)
    return [one] if isinstance(one, str) else []


def _of_entry(programme: Programme, entry: FormField) -> list[str]:
    """The article of what the entry shows: its indicator, else its evidence, else its condition."""
    known: tuple[tuple[str | None, Iterable[Indicator | Evidence | Condition]], ...] = (
        (entry.indicator, programme.indicators),
        (entry.evidence, programme.evidence),
        (entry.condition, programme.conditions),
    )
    return [item.article for name, items in known for item in items if name and item.id == name][:1]


def _of_stage(side: Side, stage: Stage) -> list[str]:
    procedure = side.inmost(Procedure)
    if procedure is None:
        return []
    waiting = [procedure.acts[name] for name in stage.waits_for if name in procedure.acts]
    leading = [act for act in procedure.acts.values() if act.to and procedure.stages.get(act.to) is stage]
    return [act.articles[0] for act in waiting or leading if act.articles] or [procedure.article]


def _of_acts(programme: Programme, chosen: Callable[[Act], bool]) -> Iterator[str]:
    for procedure in programme.procedures.values():
        for act in procedure.acts.values():
            if chosen(act):
                yield from act.articles[:1]


def _does(act: Act, body: str, post: str) -> bool:
    whole = [act.by, *([act.agrees] if act.agrees else [])]
    return any(one == f"{body}.{post}" if post else one.partition(".")[0] == body for one in whole)
