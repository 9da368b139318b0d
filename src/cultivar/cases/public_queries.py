"""What the public may read: rounds, notices, titles.

Every fact about a case is on the list of what its acts publish (``publishes`` in the programme file); what no
act publishes is not read out here, and no person, draft or score ever is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from cultivar.cases.models import Case, NoticeItem, Partner, RoundNotice, TitleChange
from cultivar.cases.opening import opening_act
from cultivar.cases.perform import question
from cultivar.cases.programmes import catalogue, newest, pinned
from cultivar.cases.record import Folded, Opening
from cultivar.ledger import clock
from cultivar.ledger.clock import SHANGHAI
from cultivar.policy.model import IndustryField, Programme
from cultivar.policy.model_conditions import DesignationGroup
from cultivar.policy.model_procedure import Act, Procedure
from cultivar.policy.text import Text
from cultivar.procedure.engine import Option, decide
from cultivar.procedure.record import State
from cultivar.registry.actors import PUBLIC
from cultivar.registry.models import Region

GRANT, END = TitleChange.Kind.GRANT, TitleChange.Kind.END


@dataclass(frozen=True)
class Facts:
    """The published facts about what is cultivated; what was not published is None or empty."""

    name: Text | None = None
    applicant: Text | None = None
    region: Region | None = None
    partners: tuple[Region, ...] = ()
    field: Text | None = None

    @property
    def regions(self) -> Text:
        """The lead region, then the partners."""
        regions = [*([self.region] if self.region else []), *self.partners]
        return Text("、".join(r.short.zh for r in regions), ", ".join(r.short.en for r in regions))


@dataclass(frozen=True)
class Held:
    """A title as its latest grant left it, and how it ended if it did."""

    title: str
    subject: str
    facts: Facts
    programme: Programme
    article: str
    granted_on: date
    decision: str
    ended_on: date | None = None
    end_decision: str = ""
    end_article: str = ""

    @property
    def valid(self) -> bool:
        """Whether the latest change is the grant."""
        return self.ended_on is None


@dataclass(frozen=True)
class Objections:
    """How many objections to one case stand in one stage."""

    stage: Text
    number: int


@dataclass(frozen=True)
class Proposed:
    """A case on a notice."""

    number: str
    subject: str
    facts: Facts
    objections: tuple[Objections, ...]
    outcome: Text | None
    title: str = ""

    @property
    def decided(self) -> bool:
        """Whether the procedure has come to its end."""
        return self.outcome is not None


@dataclass(frozen=True)
class Notice:
    """A public notice: its number, its days, the act that began it, what it proposes."""

    number: str
    programme: Programme
    act: Act
    first: date
    last: date
    provisional: bool
    items: tuple[Proposed, ...]

    @property
    def anchor(self) -> str:
        """The case by which the notice is addressed."""
        return self.items[0].number

    @property
    def objections(self) -> tuple[Objections, ...]:
        """The objections to all its cases by stage."""
        sums: Counter[Text] = Counter()
        for item in self.items:
            for one in item.objections:
                sums[one.stage] += one.number
        return tuple(Objections(stage, number) for stage, number in sums.items())

    def running(self, today: date) -> bool:
        """Whether it still stands on ``today``."""
        return today <= self.last


RoundState = Literal["coming", "open", "past", "closed"]


@dataclass(frozen=True)
class Round:
    """An announced round: what its notice fixed."""

    number: str
    name: Text
    programme: Programme
    procedure: Procedure
    notice: RoundNotice
    closed: bool

    @cached_property
    def act(self) -> Act:
        """The act that announced it."""
        return next(act for act in self.procedure.acts.values() if act.publishes)

    def state(self, now: datetime) -> RoundState:
        """Where its window stands."""
        if self.closed:
            return "closed"
        if now < self.notice.opens_at:
            return "coming"
        return "open" if now <= self.notice.closes_at else "past"

    @property
    def last_day(self) -> date:
        """The Shanghai date on which the window closes."""
        return self.notice.closes_at.astimezone(SHANGHAI).date()


class _Programmes(dict[str, Programme]):
    """The versions by digest, each looked up once."""

    def __missing__(self, digest: str) -> Programme:
        return self.setdefault(digest, pinned(digest))


def notice_act(procedure: Procedure) -> Act | None:
    """The act by which cases of a procedure go on public notice."""
    return next((act for act in procedure.acts.values() if act.publishes and act.period), None)


def objecting(programme: Programme, procedure: str) -> str | None:
    """The procedure by which the public objects to cases of ``procedure``; None where there is none."""
    for name, spec in programme.procedures.items():
        opening = next((act for act in spec.acts.values() if act.opens_case), None)
        if spec.about == "case" and spec.parent == procedure and opening is not None:
            body = programme.bodies[opening.body]
            if body.scope == "published matters":
                return name
    return None


def fields_of(programme: Programme) -> Sequence[IndustryField | DesignationGroup]:
    """What its titles are told apart by: its fields, or the classes of what the document names."""
    return programme.fields or programme.groups


def _facts(case: Case, programme: Programme, published: Iterable[str]) -> Facts:
    allowed = frozenset(published)
    fields = {one.id: one.text for one in fields_of(programme)}
    return Facts(
        name=case.name if "subject-name" in allowed else None,
        applicant=case.applicant.name if "applicant-name" in allowed and case.applicant else None,
        region=case.lead_region if "lead-region" in allowed else None,
        partners=tuple(partner.region for partner in case.partners.all())
        if "partner-regions" in allowed
        else (),
        field=fields.get(case.field) if "field" in allowed else None,
    )


_PARTNERS = Partner.objects.select_related("region")


def grants(valid: bool | None = None) -> QuerySet[TitleChange]:
    """The latest grant of each title, newest first; ``valid`` keeps those in force, or those ended."""
    later = TitleChange.objects.filter(title=OuterRef("title"), seq__gt=OuterRef("seq"))
    found = TitleChange.objects.filter(kind=GRANT).exclude(Exists(later.filter(kind=GRANT)))
    if valid is not None:
        ended = Exists(later.filter(kind=END))
        found = found.exclude(ended) if valid else found.filter(ended)
    return found.order_by("-seq")


def registered(policy: str) -> dict[str, str]:
    """The register's code of each subject that a policy names and that has held a title, by designation: one query."""
    prefix = f"{policy}/"
    found = (
        TitleChange.objects.filter(kind=GRANT, case__subject__designation__startswith=prefix)
        .values_list("case__subject__designation", "case__subject")
        .distinct()
    )
    return {name.removeprefix(prefix): code for name, code in found}


def matching(
    titles: QuerySet[TitleChange], region: str = "", field: str = "", words: str = "", policy: str = ""
) -> QuerySet[TitleChange]:
    """Those of a policy, of a lead region, of a field, with words in the subject's name or the title's number."""
    if policy:
        titles = titles.filter(case__programme__startswith=f"{policy}/")
    if region:  # what a province lays out itself is led by no city and found in each of its cities
        laid_out = Q(case__lead_region__kind=Region.Kind.PROVINCE, case__partners__region=region)
        titles = titles.filter(Q(case__lead_region=region) | laid_out).distinct()
    if field:
        titles = titles.filter(case__field=field)
    for word in words[:80].split()[:8]:
        titles = titles.filter(
            Q(case__name_zh__icontains=word) | Q(case__name_en__icontains=word) | Q(title__icontains=word)
        )
    return titles


def held(titles: QuerySet[TitleChange]) -> list[Held]:
    """The public facts of titles: three queries, however many."""
    rows = list(
        titles.select_related("case__applicant", "case__lead_region")
        .prefetch_related(Prefetch("case__partners", _PARTNERS))
        .annotate(noticed=Exists(NoticeItem.objects.filter(case=OuterRef("case"))))
    )
    names = [row.title for row in rows]
    ending = TitleChange.objects.filter(kind=END, title__in=names).select_related("case").order_by("seq")
    ends = {end.title: end for end in ending}
    programmes = _Programmes()
    return [_held(row, ends.get(row.title), row.noticed, programmes) for row in rows]


def _held(row: TitleChange, end: TitleChange | None, noticed: bool, programmes: _Programmes) -> Held:
    programme = programmes[row.case.digest]
    procedure = programme.procedures[row.case.procedure]
    granting = next(act for act in procedure.acts.values() if act.grants)
    notice = notice_act(procedure)
    published = [*granting.publishes, *(notice.publishes if noticed and notice else ())]
    ended = end if end is not None and end.seq > row.seq else None
    ending = _ending(ended, programmes)
    return Held(
        title=row.title,
        subject=row.case.subject_id or "",
        facts=_facts(row.case, programme, published),
        programme=programme,
        article=granting.articles[0],
        granted_on=row.on,
        decision=row.decision,
        ended_on=ended.on if ended else None,
        end_decision=ended.decision if ended else "",
        end_article=ending.articles[0] if ending else "",
    )


def _ending(end: TitleChange | None, programmes: _Programmes) -> Act | None:
    if end is None:
        return None
    acts = programmes[end.case.digest].procedures[end.case.procedure].acts.values()
    return next((act for act in acts if act.ends), None)


@dataclass(frozen=True)
class Spread:
    """How many valid titles each lead region and each field has."""

    regions: Counter[str]
    fields: Counter[str]

    @property
    def total(self) -> int:
        """All valid titles."""
        return self.fields.total()


def spread(programme: Programme | None) -> Spread:
    """Valid titles of a policy, whatever its version, by region and field: one query, or two."""
    titles = matching(grants(valid=True), policy=programme.programme if programme else "")
    rows = titles.order_by().values_list("case__lead_region", "case__field").annotate(Count("id"))
    regions: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for region, field, number in rows:
        regions[region or ""] += number
        fields[field] += number
    if programme is not None and regions[programme.region]:
        # What the province itself lays out has no leading city: it counts in every city that it is laid out in.
        placed = titles.order_by().filter(case__lead_region=programme.region)
        for region, number in placed.values_list("case__partners__region").annotate(Count("id")):
            regions[region or ""] += number
    return Spread(regions, fields)


def ended_since(day: date) -> list[Held]:
    """Titles that ended on or after a day, the latest first."""
    recent = TitleChange.objects.filter(kind=END, on__gte=day).values("title")
    return sorted(held(grants(valid=False).filter(title__in=recent)), key=lambda one: one.ended_on or day)[
        ::-1
    ]


def title(number: str) -> Held | None:
    """One title by its certificate number; None for an unknown one."""
    return next(iter(held(grants().filter(title=number))), None)


def running_notices(today: date) -> list[Notice]:
    """The notices that stand on ``today``, the earliest to end first: three queries."""
    return _grouped(NoticeItem.objects.filter(last_day__gte=today), earliest_end_first=True)


def notice_of(number: str) -> Notice | None:
    """The notice on which a case stands or stood, with the other cases on it; None for a case on none."""
    item = NoticeItem.objects.filter(case=number).select_related("case").order_by("-from_on").first()
    if item is None:
        return None
    same = NoticeItem.objects.filter(
        notice=item.notice, from_on=item.from_on, case__programme=item.case.programme
    )
    return _grouped(same)[0]


def notice_count() -> int:
    """How many notices there have been."""
    return _notice_keys().count()


def notices(start: int, size: int) -> list[Notice]:
    """A stretch of the notices, the latest first: four queries."""
    keys = list(_notice_keys()[start : start + size])
    if not keys:
        return []
    wanted = Q()
    for key in keys:
        wanted |= Q(notice=key["notice"], from_on=key["from_on"], case__programme=key["case__programme"])
    return _grouped(NoticeItem.objects.filter(wanted))


def _notice_keys() -> QuerySet[NoticeItem, Any]:
    return (
        NoticeItem.objects.order_by()
        .values("notice", "from_on", "case__programme")
        .annotate(latest=Max("id"))
        .order_by("-from_on", "-latest")
    )


def _grouped(found: QuerySet[NoticeItem], *, earliest_end_first: bool = False) -> list[Notice]:
    items = list(
        found.select_related("case__applicant", "case__lead_region")
        .prefetch_related(Prefetch("case__partners", _PARTNERS))
        .order_by("case")
    )
    programmes = _Programmes()
    known = _Known(
        programmes,
        _objections([item.case_id for item in items]),
        _granted([item.case_id for item in items if item.case.final == "granted"]),
    )
    groups: dict[tuple[str, date, str], list[NoticeItem]] = {}
    for item in items:
        groups.setdefault((item.notice, item.from_on, item.case.programme), []).append(item)
    made = [_notice(group, known) for group in groups.values()]
    if earliest_end_first:
        return sorted(made, key=lambda notice: (notice.last, notice.number))
    return sorted(made, key=lambda notice: (notice.first, notice.number), reverse=True)


def _objections(cases: Sequence[str]) -> dict[str, Counter[tuple[str, str]]]:
    """Cases that hang on these, counted by procedure and stage: one query."""
    rows = Case.objects.filter(parent__in=cases).order_by().values_list("parent", "procedure", "stage")
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for parent, procedure, stage in rows:
        counts.setdefault(str(parent), Counter())[(procedure, stage)] += 1
    return counts


def _granted(cases: Sequence[str]) -> dict[str, str]:
    """The titles that these cases granted: one query, none for no case."""
    return dict(TitleChange.objects.filter(kind=GRANT, case__in=cases).values_list("case", "title"))


@dataclass(frozen=True)
class _Known:
    """What is looked up for many notices at once: programmes by digest, objections and titles by case."""

    programmes: _Programmes
    objections: dict[str, Counter[tuple[str, str]]]
    titles: dict[str, str]


def _notice(group: list[NoticeItem], known: _Known) -> Notice:
    first = group[0]
    programme = known.programmes[first.case.digest]
    act = notice_act(programme.procedures[first.case.procedure])
    if act is None:
        raise LookupError(f"{first.case_id} is on notice, but its procedure publishes none")
    return Notice(
        first.notice,
        programme,
        act,
        first.from_on,
        max(item.last_day for item in group),
        any(item.provisional for item in group),
        tuple(_proposed(item.case, known) for item in group),
    )


def _proposed(case: Case, known: _Known) -> Proposed:
    programme = known.programmes[case.digest]
    procedure = programme.procedures[case.procedure]
    act = notice_act(procedure)
    stage = procedure.stages[case.stage]
    return Proposed(
        case.number,
        case.subject_id or "",
        _facts(case, programme, act.publishes if act else ()),
        _by_stage(programme, case.procedure, known.objections.get(case.number, Counter())),
        (stage.public or stage).text if stage.final else None,
        known.titles.get(case.number, ""),
    )


def _by_stage(
    programme: Programme, procedure: str, filed: Counter[tuple[str, str]]
) -> tuple[Objections, ...]:
    name = objecting(programme, procedure)
    if name is None:
        return ()
    stages = programme.procedures[name].stages
    return tuple(
        Objections((spec.public or spec).text, filed[(name, stage)])
        for stage, spec in stages.items()
        if filed[(name, stage)]
    )


def rounds() -> list[Round]:
    """Every announced round, the latest first: one query."""
    return [_round(row) for row in _announced().order_by("-announced_at", "-case")]


def round_of(number: str) -> Round | None:
    """One announced round; None for an unknown or unannounced one."""
    row = _announced().filter(case=number).first()
    return None if row is None else _round(row)


def _announced() -> QuerySet[RoundNotice]:
    return RoundNotice.objects.select_related("case")


def _round(row: RoundNotice) -> Round:
    programme = pinned(row.case.digest)
    procedure = programme.procedures[row.case.procedure]
    return Round(row.case_id, row.case.name, programme, procedure, row, bool(row.case.final))


def received(rounds_: Iterable[str]) -> int:
    """How many applications of these rounds have ever been submitted; a number only."""
    return Case.objects.filter(round__in=list(rounds_), versions__isnull=False).distinct().count()


def front_programme(announced: Sequence[Round]) -> Programme | None:
    """The programme that the front page is about: the one with most rounds, else the first in force on file."""
    counts = Counter(round_.programme.programme for round_ in announced)
    if counts:
        policy = counts.most_common(1)[0][0]
        return newest(policy) or next(one.programme for one in announced if one.programme.programme == policy)
    on_file = [reading.programme for reading in catalogue().values()]
    return next((one for one in on_file if one.status != "draft"), next(iter(on_file), None))


def policies() -> list[tuple[str, Text]]:
    """Every policy on file by its id, with the short title of its newest version."""
    names = dict.fromkeys(reading.programme.programme for reading in catalogue().values())
    found = [(name, newest(name)) for name in names]
    return [(name, version.short_title.text) for name, version in found if version is not None]


@dataclass(frozen=True)
class PublicSubject:
    """All that is public about a subject: its titles and the notices on which it stood."""

    code: str
    facts: Facts
    titles: tuple[Held, ...]
    notices: tuple[tuple[Notice, Proposed], ...]


def subject(code: str) -> PublicSubject | None:
    """One subject; None for one about which nothing has been published."""
    titles = held(grants().filter(case__subject=code))
    stood = _grouped(NoticeItem.objects.filter(case__subject=code))
    pairs = tuple((notice, item) for notice in stood for item in notice.items)
    if not titles and not pairs:
        return None
    facts = titles[0].facts if titles else pairs[0][1].facts
    return PublicSubject(code, facts, tuple(titles), pairs)


@dataclass(frozen=True)
class Found:
    """What a search came upon; each list is cut at ``MOST``."""

    titles: list[Held]
    notices: list[Notice]
    rounds: list[Round]

    @property
    def number(self) -> int:
        """All of it."""
        return len(self.titles) + len(self.notices) + len(self.rounds)


MOST = 20


def search(words: str) -> Found:
    """Titles by name or number, notices by number or name, rounds by name."""
    titles = held(matching(grants(), words=words)[:MOST])
    on_notice, announced = NoticeItem.objects.all(), _announced()
    for word in words.split():
        on_notice = on_notice.filter(
            Q(notice__icontains=word) | Q(case__name_zh__icontains=word) | Q(case__name_en__icontains=word)
        )
        announced = announced.filter(
            Q(document_number__icontains=word)
            | Q(case__name_zh__icontains=word)
            | Q(case__name_en__icontains=word)
        )
    latest = list(on_notice.order_by("-from_on", "-id").values_list("id", flat=True)[:MOST])
    rows = announced.order_by("-announced_at")[:MOST]
    return Found(titles, _grouped(NoticeItem.objects.filter(id__in=latest)), [_round(row) for row in rows])


def may_object(case: Case, procedure: str) -> Option:
    """Whether the public may object to a case now, and if not, why: the engine's own answer."""
    programme = pinned(case.digest)
    opening = Opening(procedure, case.name, parent=case.number, round=case.round_id or "")
    new = Folded("", programme, case.digest, opening, State())
    act = opening_act(programme.procedures[procedure])
    return decide(act, "do", PUBLIC, question(new, clock.now()))
