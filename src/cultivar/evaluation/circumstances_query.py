"""What the house knows of a round's applications and of those who may judge them: as many queries for any round.

Of an application: its applicant, the enterprises of the roster that was submitted (else of the live one), the cities
of its regions, its field, and the industries of most of its enterprises. Of an expert: what the pool knows, which
offices the person holds, from which applications it stood aside, what it declared.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from cultivar.cases.models import Case, DossierVersion, Membership, Partner, RosterVersion, Seat
from cultivar.cases.programmes import pinned
from cultivar.cases.rosters import named_in
from cultivar.evaluation import conflicts
from cultivar.evaluation.affinity import Knows
from cultivar.evaluation.circumstances import Circumstances, Judge, Judged
from cultivar.evaluation.conflicts import Setting, Tie, rules
from cultivar.evaluation.identities import Answer, Organisation
from cultivar.evaluation.models import Absence, Declaration, Expert, IdentityAnswer, Knowledge
from cultivar.evaluation.models import Tie as TieRow
from cultivar.evaluation.standing_aside import STANDING
from cultivar.ledger.canonical import read
from cultivar.ledger.models import Entry
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Procedure
from cultivar.policy.text import Text
from cultivar.registry.industries import section_of
from cultivar.registry.models import Holding, Office, Region

MOST_INDUSTRIES = 5
_CITIES = (Region.Kind.PREFECTURE, Region.Kind.CUSTOM)


@dataclass(frozen=True)
class Period:
    """The days on which experts judge, both included: whoever is away on one of them, or not in office, is left out."""

    first: date
    last: date


def judged(programme: Programme) -> dict[str, frozenset[str]]:
    """The procedures in which experts give scores, each with the stages in which their panel is named."""
    found = {}
    for name, procedure in programme.procedures.items():
        if scored(procedure):
            stages = {
                stage
                for act in procedure.acts.values()
                if any(spec.type == "experts" for spec in act.content.values())
                for stage in act.from_
            }
            found[name] = frozenset(stages)
    return found


def scored(procedure: Procedure) -> bool:
    """Whether experts hand in score sheets: only there the rules of standing aside apply."""
    return any(spec.type == "score-sheet" for act in procedure.acts.values() for spec in act.content.values())


def standing(round_number: str, programme: Programme) -> "QuerySet[Case]":
    """The applications of a round that stand where their panel is named."""
    where = Q(pk__in=())
    for procedure, stages in judged(programme).items():
        where |= Q(procedure=procedure, stage__in=stages)
    return Case.objects.filter(where, round=round_number)


def pools(programme: Programme) -> "QuerySet[Office]":
    """The offices of experts of a programme: those of its province, or of none."""
    return Office.objects.filter(
        Q(region=None) | Q(region=programme.region), body__in=programme.judging_bodies
    )


def circumstances(
    round_number: str,
    day: date,
    settings: Mapping[str, Setting] | None = None,
    *,
    during: Period | None = None,
    pool: Office | None = None,
    cases: Collection[str] | None = None,
    everybody: bool = False,
) -> Circumstances:
    """What is known on ``day``; ``settings`` are the rules as the round sets them.

    ``during`` is when they judge, the day itself unless said; ``pool`` narrows to one office of experts, ``cases`` to
    some applications of the round. ``everybody`` keeps those who cannot judge then, for a page that says why.
    Raises ``BadInput`` for settings that make no sense.
    """
    round_ = Case.objects.get(number=round_number)
    return of_programme(
        pinned(round_.digest),
        standing(round_number, pinned(round_.digest)),
        day,
        settings,
        during=during,
        pool=pool,
        cases=cases,
        everybody=everybody,
    )


def of_programme(
    programme: Programme,
    found: "QuerySet[Case]",
    day: date,
    settings: Mapping[str, Setting] | None = None,
    *,
    during: Period | None = None,
    pool: Office | None = None,
    cases: Collection[str] | None = None,
    everybody: bool = False,
) -> Circumstances:
    """The same of any applications of a programme."""
    if cases is not None:
        found = found.filter(number__in=list(cases))
    applications = _Applications(programme, found)
    experts = _Experts(programme, pool, applications, during or Period(day, day), everybody)
    answers = IdentityAnswer.objects.filter(STANDING, region=programme.region).order_by("one", "other")
    return Circumstances(
        day=day,
        applications=tuple(applications.judged),
        judges=tuple(experts.judges),
        rules=rules(settings or {}),
        answers=tuple(Answer(*row) for row in answers.values_list("one", "other", "same")),
        objections=tuple(experts.objections),
        places=applications.places | experts.places,
    )


def city_of(region: Region | None) -> Region | None:
    """The city of a region that was fetched with its ``parent``: itself, or of which it is a county; else None."""
    if region is None or region.kind in _CITIES:
        return region
    return region.parent if region.kind == Region.Kind.COUNTY else None


def loads(round_number: str, but: str = "") -> Counter[str]:
    """How many applications of a round each person is to judge; one application may be left out. One query."""
    seats = Seat.objects.filter(case__round=round_number).exclude(case=but)
    return Counter(seats.values_list("person", flat=True))


# ------------------------------------------------------------------------------------------------- applications


_Member = tuple[str, str, str]  # code, name, industry


class _Applications:
    """The applications, with what rosters and regions say of them."""

    def __init__(self, programme: Programme, found: "QuerySet[Case]") -> None:
        self.programme = programme
        partners = Partner.objects.select_related("region__parent")
        self.cases = list(
            found.select_related("applicant", "lead_region__parent")
            .prefetch_related(Prefetch("partners", queryset=partners))
            .order_by("number")
        )
        self.members = _members(self.cases)

    @cached_property
    def judged(self) -> list[Judged]:
        return [self._judged(case) for case in self.cases]

    @cached_property
    def places(self) -> dict[str, Text]:
        """Names of the regions and applicants by code."""
        found: dict[str, Text] = {}
        for case in self.cases:
            found |= {one.code: one.name for one in (*_regions(case), *self._cities(case))}
            if case.applicant is not None:
                found[case.applicant.code] = case.applicant.name
        return found

    def _judged(self, case: Case) -> Judged:
        members = self.members.get(case.number, [])
        lead = case.applicant
        regions = [one.code for one in _regions(case) if one.code != self.programme.region]
        return Judged(
            id=case.number,
            field=case.field,
            knows=Knows(fields=(case.field,) if case.field else (), industries=main_industries(members)),
            parties=conflicts.Application(
                id=case.number,
                applicants=(Organisation(lead.name_zh, lead.code),) if lead is not None else (),
                members=tuple(Organisation(name, code) for code, name, _ in members),
                cities=tuple(dict.fromkeys(one.code for one in self._cities(case))),
                offices=(*([lead.code] if lead is not None else []), *dict.fromkeys(regions)),
            ),
        )

    def _cities(self, case: Case) -> list[Region]:
        return [city for one in _regions(case) if (city := city_of(one)) is not None]


def _regions(case: Case) -> list[Region]:
    lead = [case.lead_region] if case.lead_region is not None else []
    return [*lead, *(one.region for one in case.partners.all())]


def main_industries(members: Iterable[_Member]) -> tuple[str, ...]:
    """The industries of most enterprises: the largest, until they hold more than half, and five at most.

    Equals in the order of their codes; codes that GB/T 4754 does not know count for nothing.
    """
    counted = Counter(
        industry for _, _, industry in members if 2 <= len(industry) <= 4 and section_of(industry) is not None
    )
    chosen: list[str] = []
    held = 0
    for industry, number in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        if len(chosen) == MOST_INDUSTRIES or 2 * held > counted.total():
            break
        chosen.append(industry)
        held += number
    return tuple(sorted(chosen))


def _members(cases: list[Case]) -> dict[str, list[_Member]]:
    """The enterprises of each application's roster: as submitted last, else as the register has it. Three queries."""
    latest = DossierVersion.objects.filter(case=OuterRef("case")).order_by("-seq").values("sha256")[:1]
    versions = DossierVersion.objects.filter(
        case__in=[case.number for case in cases], sha256=Subquery(latest)
    )
    named: dict[str, str] = {}
    for number, body in versions.values_list("case", "body").iterator():
        sha256 = named_in(json.loads(bytes(body)))
        if sha256:
            named[number] = sha256
    kept = RosterVersion.objects.filter(sha256__in=set(named.values()))
    frozen = {
        sha256: _frozen(json.loads(bytes(body)))
        for sha256, body in kept.values_list("sha256", "body").iterator()
    }
    live: dict[str, list[_Member]] = defaultdict(list)
    subjects = {case.subject_id for case in cases if case.subject_id and case.number not in named}
    rows = Membership.objects.filter(subject__in=subjects).order_by("subject", "enterprise")
    names = ("enterprise", "enterprise__name_zh", "enterprise__industry")
    for subject, *member in rows.values_list("subject", *names):
        live[subject].append((member[0], member[1], member[2]))
    return {
        case.number: frozen[named[case.number]]
        if case.number in named
        else live.get(case.subject_id or "", [])
        for case in cases
    }


def _frozen(roster: Mapping[str, Any]) -> list[_Member]:
    return [(one["code"], one["name"], one["industry"]) for one in roster["firms"]]


# ------------------------------------------------------------------------------------------------------ experts


def numbered(experts: Sequence[Expert]) -> dict[str, str]:
    """The number of each person; with more than one pool, the pool before it. ``experts``: all of the pools."""
    several = len({one.pool_id for one in experts}) > 1
    return {one.person.key: f"{one.pool.key}:{one.number}" if several else one.number for one in experts}


class _Experts:
    """The experts of the programme's pools, with what their offices, recusals and objections say."""

    def __init__(
        self,
        programme: Programme,
        pool: Office | None,
        applications: _Applications,
        during: Period,
        everybody: bool,
    ) -> None:
        self.programme, self.during = programme, during
        offices = pools(programme) if pool is None else pools(programme).filter(pk=pool.pk)
        found = _fetched(offices, during)
        self.experts = [one for one in found if everybody or why_away(one, during) is None]
        self.ids = numbered(list(found))
        self.record = _Record(programme, applications.cases)

    @cached_property
    def judges(self) -> list[Judge]:
        return [self._judge(one) for one in self.experts]

    @property
    def objections(self) -> list[conflicts.Objection]:
        return [
            conflicts.Objection(number, self.ids[person], upheld=True)
            for number, people in sorted(self.record.barred.items())
            for person in people
            if person in self.ids
        ]

    @property
    def places(self) -> dict[str, Text]:
        return {city.code: city.name for one in self.experts if (city := city_of(one.region)) is not None}

    def _judge(self, one: Expert) -> Judge:
        ties = list(one.ties.all())
        city = city_of(one.region)
        employed = [tie for tie in ties if tie.kind == TieRow.Kind.EMPLOYED]
        now = [tie for tie in employed if tie.until_on is None or tie.until_on >= self.during.first]
        return Judge(
            id=self.ids[one.person.key],
            person=one.person.key,
            kind=one.kind,
            knows=self._knows(one.knowledge.all()),
            parties=conflicts.Expert(
                id=self.ids[one.person.key],
                employments=_ties(employed),
                ties=_ties(tie for tie in ties if tie.kind in (TieRow.Kind.ADVISER, TieRow.Kind.PARTNER)),
                owned=_ties(tie for tie in ties if tie.kind == TieRow.Kind.OWNER),
                offices=self._offices(one),
                city=city.code if city else "",
                declared=tuple(self.record.recused.get(one.person.key, ())),
                declared_against=tuple(dict.fromkeys(_organisation(each) for each in one.declarations.all())),
            ),
            most=one.most,
            organisation=_called(now[0]) if now else "",
            city=city.code if city else "",
        )

    def _knows(self, knowledge: Iterable[Knowledge]) -> Knows:
        theirs = [one.code for one in knowledge if one.scheme == self.programme.programme]
        industries = [one.code for one in knowledge if one.scheme == Knowledge.GB4754]
        return Knows(fields=tuple(sorted(theirs)), industries=tuple(sorted(industries)))

    def _offices(self, one: Expert) -> tuple[str, ...]:
        """For which regions and in which organisations the person is in office, as judge of none."""
        judging = self.programme.judging_bodies
        codes: set[str] = set()
        for holding in one.person.held:  # type: ignore[attr-defined]
            office = holding.office
            if office.organisation_id:
                codes.add(office.organisation_id)
            if office.region_id and office.body not in judging:
                codes.add(office.region_id)
        return tuple(sorted(codes))


def _fetched(offices: "QuerySet[Office]", during: Period) -> "QuerySet[Expert]":
    """Experts with all that is read of them: six queries, however many."""
    terms = Holding.objects.filter(office__in=offices).order_by("from_on")
    held = Holding.objects.current(during.first).select_related("office")
    apply = Q(from_on=None) | Q(from_on__lte=during.last), Q(until_on=None) | Q(until_on__gte=during.first)
    declared = Declaration.objects.filter(STANDING, *apply).order_by("name", "organisation")
    return (
        Expert.objects.filter(pool__in=offices)
        .select_related("person", "pool", "region__parent")
        .prefetch_related(
            "knowledge",
            "ties",
            "absences",
            Prefetch("declarations", queryset=declared),
            Prefetch("person__holdings", queryset=terms, to_attr="terms"),
            Prefetch("person__holdings", queryset=held, to_attr="held"),
        )
        .order_by("pool__key", "number")
    )


ENDED = Text("不在聘期内。", "is not in term.")
AWAY = Text("{first} 至 {last} 不能参加。", "is away from {first} to {last}.")


def why_away(one: Expert, during: Period) -> Text | None:
    """Why an expert, fetched with terms and absences, cannot judge during a period; None where it can."""
    terms = [term for term in one.person.terms if term.office_id == one.pool_id]  # type: ignore[attr-defined]
    serves = any(
        term.from_on <= during.first and (term.until_on is None or term.until_on >= during.last)
        for term in terms
    )
    if not serves:
        return ENDED
    away: Absence | None = next(
        (
            gone
            for gone in one.absences.all()
            if gone.from_on <= during.last and gone.until_on >= during.first
        ),
        None,
    )
    return AWAY.fill(first=away.from_on, last=away.until_on) if away is not None else None


def absences(programme: Programme, during: Period) -> dict[str, Text]:
    """Who of a programme's pools cannot judge during a period, by the person's key, and why. Seven queries."""
    said = ((one.person.key, why_away(one, during)) for one in _fetched(pools(programme), during))
    return {person: why for person, why in said if why is not None}


def _ties(rows: Iterable[TieRow]) -> tuple[Tie, ...]:
    return tuple(Tie(_organisation(one), one.from_on, one.until_on) for one in rows)


def _organisation(one: TieRow | Declaration) -> Organisation:
    return Organisation(one.name, one.organisation)


def _called(tie: TieRow) -> str:
    return tie.organisation or tie.name


class _Record:
    """What the ledger says of standing aside: who recused themselves, and whom an upheld objection bars.

    Who recused themselves from a case is taken to stand aside from every case of the same subject.
    """

    def __init__(self, programme: Programme, cases: list[Case]) -> None:
        self.recused: dict[str, list[str]] = defaultdict(list)
        self.barred: dict[str, tuple[str, ...]] = {}
        leaving = _acts(programme, lambda act: act.leaves_panel)
        barring = _acts(programme, lambda act: any(s.type == "barred-experts" for s in act.content.values()))
        subjects = {case.subject_id for case in cases if case.subject_id}
        same = Case.objects.filter(
            Q(subject__in=subjects) | Q(number__in=[case.number for case in cases])
        ).values_list("number", "subject")
        subject_of: dict[str, str | None] = dict(same)
        now: dict[str | None, list[str]] = defaultdict(list)
        for case in cases:
            now[case.subject_id].append(case.number)
        entries = Entry.objects.filter(case__in=list(subject_of), kind__in=leaving | barring, step="do")
        ours = {case.number for case in cases}
        for number, kind, leaf in entries.order_by("seq").values_list("case", "kind", "leaf"):
            said = read(bytes(leaf))
            if kind in leaving:
                subject = subject_of[number]
                self.recused[said["person"]] += [number] if subject is None else now[subject]
            elif number in ours:
                self.barred[number] = _barred(programme, said)


def _acts(programme: Programme, which: Any) -> set[str]:
    return {
        name
        for procedure in programme.procedures.values()
        if scored(procedure)
        for name, act in procedure.acts.items()
        if which(act)
    }


def _barred(programme: Programme, leaf: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom the latest decision names: each says all who are barred, so that it can correct the one before."""
    fields = next(
        procedure.acts[leaf["act"]].content
        for procedure in programme.procedures.values()
        if leaf["act"] in procedure.acts and scored(procedure)
    )
    named = (
        leaf["content"].get(name) or () for name, spec in fields.items() if spec.type == "barred-experts"
    )
    return tuple(sorted(person for people in named for person in people))
