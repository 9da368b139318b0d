"""Leads on a submitted application, for the offices that judge it: never the applicant's, never a verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cultivar.appraisal.leads import Lead, copied, disagreeing, expired, repeated, too_round
from cultivar.appraisal.roster import Roster
from cultivar.cases import rosters
from cultivar.cases.answered import Answered
from cultivar.cases.dossier import text_prints, thaw
from cultivar.cases.dossier_view import shown_to
from cultivar.cases.models import Case, DossierPrints, DossierVersion, Membership
from cultivar.cases.presenting import is_outsider
from cultivar.cases.queries import visible
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.registry.standing import by_authority, merged

NAMED = 8  # enterprises that a lead names before it counts the rest


@dataclass(frozen=True)
class LeadLine:
    """A lead for readers: the enterprises by name, and the numbers of the other cases."""

    kind: str
    text: Text
    firms: tuple[str, ...]
    more: int
    others: tuple[str, ...]


def may_see(programme: Programme, actor: Actor) -> bool:
    """Whether leads are for this office: for those that review and audit, not for who applies or scores."""
    return not is_outsider(programme, actor)


def leads_of(row: Case, programme: Programme, answered: Answered, actor: Actor) -> list[LeadLine]:
    """The leads on the dossier submitted last: nine queries at most, however many cases and enterprises."""
    shown = shown_to(row, actor)
    if shown is None or shown.version is None or not may_see(programme, actor):
        return []
    found = [
        Lead("differs", text) for answer in answered.rows for line in answer.figures for text in line.leads
    ]
    named = rosters.named_in(thaw(shown.version))
    roster = rosters.thaw(named) if named else None
    if roster is not None:
        found += [*expired(roster, _kinds(programme)), *_shared(row, roster, actor)]
        stated = by_authority([firm.code for firm in roster.firms], roster.year)
        official = {code: merged(by_region.values()) for code, by_region in stated.items()}
        found += [*disagreeing(roster, official), *_between_offices(stated)]
        found += [*too_round(roster), *repeated(roster)]
    found += _copied(row, programme, shown.version, actor)
    names = {firm.code: firm.name for firm in roster.firms} if roster else {}
    return [_line(lead, names) for lead in found]


def _kinds(programme: Programme) -> Iterable[str]:
    for indicator in programme.indicators:
        if indicator.computed and indicator.computed.qualified:
            yield from indicator.computed.qualified


def _between_offices(stated: Mapping[str, Mapping[str, Mapping[str, int]]]) -> list[Lead]:
    """Enterprises of which two authorities state different figures of the same measure for a year."""
    differing = [code for code, by_region in stated.items() if _differ(list(by_region.values()))]
    if not differing:
        return []
    text = Text(
        "{n} 家企业的年度数据，两个主管部门填报的不一致。",
        "Two authorities state different figures of {n} enterprises.",
    )
    return [Lead("offices", text.fill(n=len(differing)), tuple(sorted(differing)))]


def _differ(said: Sequence[Mapping[str, int]]) -> bool:
    counts = merged(said)
    return any(counts[measure] != value for figures in said for measure, value in figures.items())


def _shared(row: Case, roster: Roster, actor: Actor) -> list[Lead]:
    """Enterprises that stand on the roster of another subject too, of those whose cases the office may see."""
    seen = visible(actor).filter(about="application").exclude(versions=None)
    codes = [firm.code for firm in roster.firms]
    others = (
        Membership.objects.filter(subject__in=seen.order_by().values("subject"), enterprise__in=codes)
        .exclude(subject=row.subject_id)
        .select_related("subject")
        .order_by("subject_id", "enterprise_id")
    )
    by_subject: dict[str, tuple[Text, list[str]]] = {}
    for one in others:
        by_subject.setdefault(one.subject_id, (one.subject.name, []))[1].append(one.enterprise_id)
    return [
        Lead(
            "shared",
            Text(
                "{n} 家企业也在“{name}”的名单上。", "{n} enterprises also stand on the roster of “{name}”."
            ).fill(n=len(firms), name=name),
            tuple(firms),
        )
        for name, firms in by_subject.values()
    ]


def _copied(row: Case, programme: Programme, version: DossierVersion, actor: Actor) -> list[Lead]:
    mine = {field: frozenset(marks) for field, marks in text_prints(programme, thaw(version)["data"]).items()}
    names = {name: spec.text for name, spec in programme.form_fields.items()}
    return list(copied(names, mine, _prints_of_others(row, actor)))


def _prints_of_others(row: Case, actor: Actor) -> dict[str, Mapping[str, frozenset[int]]]:
    """The prints of the other applications of the round that the office may see, of the version submitted last."""
    others = visible(actor).filter(round=row.round_id, about="application").exclude(pk=row.pk)
    stored = (
        DossierPrints.objects.filter(version__case__in=others.order_by().values("pk"))
        .order_by("version__at")
        .values_list("version__case", "prints")
    )
    return {case: {field: frozenset(marks) for field, marks in prints.items()} for case, prints in stored}


def _line(lead: Lead, names: Mapping[str, str]) -> LeadLine:
    firms: Sequence[str] = [names.get(code, code) for code in lead.codes]
    return LeadLine(lead.kind, lead.text, tuple(firms[:NAMED]), max(len(firms) - NAMED, 0), lead.others)
