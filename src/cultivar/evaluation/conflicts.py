"""Who may not judge what, and why: rules as data, held against resolved identities.

Neither the measures nor their draft say when an expert must stand aside, so every rule here is a proposal. A round can
switch each off or give it other years, and publishes what it chose. A pair that a rule excludes is named with the rule
and the evidence in words; a pair that would be excluded if two names meant one organisation is a question for a human.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from cultivar.evaluation.identities import Answer, Identities, Organisation, resolve
from cultivar.evaluation.seating_task import BadInput
from cultivar.policy.text import Text


@dataclass(frozen=True)
class Rule:
    """A reason to stand aside. ``years``: how long a tie counts after its end; None where time plays no part.

    ``reads`` says what evidence the rule looks at.
    """

    id: str
    text: Text
    reads: Text
    years: int | None = None
    on: bool = True


MOST_YEARS = 100  # longer than anyone's working life; what is more is a slip of typing

RULES: tuple[Rule, ...] = (
    Rule(
        "employer",
        Text("在申报主体任职，或近年任过职", "works for an applicant, or did in recent years"),
        Text(
            "专家的任职经历；申报主体及联合申报单位",
            "the expert's employments; the applicant and joint applicants",
        ),
        years=3,
    ),
    Rule(
        "member",
        Text("在集群成员单位任职，或近年任过职", "works for a member of the cluster, or did in recent years"),
        Text("专家的任职经历；集群企业名单", "the expert's employments; the roster of the cluster"),
        years=3,
    ),
    Rule(
        "adviser",
        Text(
            "近年为申报主体或成员单位做过顾问、有过项目合作",
            "advised, or shared a project with, an applicant or member",
        ),
        Text(
            "专家登记的顾问和项目合作；申报主体、成员单位",
            "the expert's ties on record; applicants and members",
        ),
        years=3,
    ),
    Rule(
        "owner",
        Text(
            "持有申报主体或成员单位的股份", "holds a share of an applicant or member, or did in recent years"
        ),
        Text("专家登记的持股；申报主体、成员单位", "the expert's shares on record; applicants and members"),
        years=3,
    ),
    Rule(
        "office",
        Text(
            "在申报主体的单位或有关地区的主管部门担任职务",
            "holds an office of an applicant, or of an authority of a region concerned",
        ),
        Text(
            "本系统登记的任职；申报主体、牵头和相关地区",
            "the offices that the expert holds in this house; the applicant, the regions of the application",
        ),
    ),
    Rule(
        "city",
        Text("与申报地同在一市（州）", "of the same city as the application"),
        Text("专家所在市（州）；申报涉及的市（州）", "the expert's city; the cities of the application"),
    ),
    Rule(
        "declared",
        Text("专家自己声明回避", "declared by the expert"),
        Text("专家的回避声明", "the expert's declaration"),
    ),
    Rule(
        "objected",
        Text("申报单位申请回避，经核实成立", "objected to by the applicant, and upheld"),
        Text("回避申请及核实结论", "the objection and what came of it"),
    ),
)


@dataclass(frozen=True, slots=True)
class Tie:
    """With whom, in which capacity, from and until when; None: not known, or until today.

    An end that is not known counts as today: what may still last is taken to last.
    """

    organisation: Organisation
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Expert:
    """What rules read of an expert. ``declared``: ids of applications; ``city``: a region's code, "" if unknown.

    ``ties``: as adviser or partner; ``offices``: codes of the regions for which, and of the organisations in which,
    the expert holds an office.
    """

    id: str
    employments: tuple[Tie, ...] = ()
    ties: tuple[Tie, ...] = ()
    owned: tuple[Tie, ...] = ()
    offices: tuple[str, ...] = ()
    city: str = ""
    declared: tuple[str, ...] = ()
    declared_against: tuple[Organisation, ...] = ()


@dataclass(frozen=True)
class Application:
    """What rules read of an application. ``applicants``: the lead first. ``cities``: codes as experts have.

    ``offices``: codes of the organisations and regions whose officials are a party to it.
    """

    id: str
    applicants: tuple[Organisation, ...] = ()
    members: tuple[Organisation, ...] = ()
    cities: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """An applicant's objection to an expert, and whether it was upheld."""

    application: str
    expert: str
    upheld: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """What a round says of a rule: off, or on with other years."""

    on: bool = True
    years: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A pair that ``rule`` excludes, with the evidence in words."""

    application: str
    expert: str
    rule: str
    evidence: Text


_NO_WORDS = Text("", "")


@dataclass(frozen=True, slots=True)
class Question:
    """A pair that ``rule`` would exclude if the two keys were one organisation; ``Answer`` takes the keys.

    ``own`` and ``named`` are how the expert's side and the application's wrote it, ``why`` what makes them alike.
    """

    application: str
    expert: str
    rule: str
    one: str
    other: str
    text: Text
    own: str = ""
    named: str = ""
    why: Text = _NO_WORDS


@dataclass(frozen=True)
class Findings:
    """Conflicts and open questions, by application, expert and rule."""

    conflicts: tuple[Conflict, ...]
    questions: tuple[Question, ...]

    def blocked(
        self, applications: Sequence[str], experts: Sequence[str], *, questions: bool = True
    ) -> npt.NDArray[np.bool_]:
        """Who may not judge what, as ``assign`` takes it. While a question is open its pair is not seated either,
        unless ``questions`` is false.
        """
        rows = {name: place for place, name in enumerate(applications)}
        columns = {name: place for place, name in enumerate(experts)}
        table = np.zeros((len(rows), len(columns)), np.bool_)
        found: list[Conflict | Question] = [*self.conflicts, *(self.questions if questions else ())]
        for one in found:
            if one.application in rows and one.expert in columns:
                table[rows[one.application], columns[one.expert]] = True
        return table


def rules(settings: Mapping[str, Setting]) -> tuple[Rule, ...]:
    """The rules as a round sets them. Raises ``BadInput`` for unknown rules and for years that make no sense."""
    known = {rule.id: rule for rule in RULES}
    for name, setting in settings.items():
        if name not in known:
            raise BadInput(_UNKNOWN, name=name, known=" ".join(known))
        if setting.years is not None:
            _check_years(known[name], setting.years)
    return tuple(
        replace(rule, on=settings[rule.id].on, years=_years(rule, settings[rule.id]))
        if rule.id in settings
        else rule
        for rule in RULES
    )


def _check_years(rule: Rule, years: int) -> None:
    if rule.years is None:
        raise BadInput(_NO_YEARS, rule=rule.text)
    if years < 0:
        raise BadInput(_NEGATIVE, rule=rule.text)
    if years > MOST_YEARS:
        raise BadInput(_TOO_LONG, rule=rule.text, years=years, most=MOST_YEARS)


def _years(rule: Rule, setting: Setting) -> int | None:
    return rule.years if setting.years is None else setting.years


_UNKNOWN = Text("没有“{name}”这条回避规则，只有：{known}。", "There is no rule “{name}”, only: {known}.")
_NO_YEARS = Text("“{rule}”与年数无关，不填年数。", "“{rule}” has nothing to do with years. Leave them out.")
_NEGATIVE = Text("“{rule}”的年数不能是负数。", "The years of “{rule}” cannot be negative.")
_TOO_LONG = Text(
    "“{rule}”的年数是 {years}，最多 {most}；核对后改正。",
    "The years of “{rule}” are {years}, at most {most}. Correct them.",
)
_BACKWARDS = Text(
    "专家 {expert} 在“{name}”的起止时间颠倒：{since} 至 {until}。核对后改正。",
    "Expert {expert}, “{name}”: it ends ({until}) before it begins ({since}). Correct the dates.",
)


_NOWHERE: Mapping[str, Text] = MappingProxyType({})


def find(
    experts: Sequence[Expert],
    applications: Sequence[Application],
    day: date,
    *,
    objections: Iterable[Objection] = (),
    using: Sequence[Rule] = RULES,
    answers: Iterable[Answer] = (),
    places: Mapping[str, Text] = _NOWHERE,
) -> Findings:
    """Every conflict and every open question on ``day``. Raises ``BadInput`` for times that run backwards.

    ``places`` are the names by which the evidence calls codes of regions and organisations.
    """
    _check(experts)
    identities = resolve(mentioned(experts, applications), answers)
    search = _Search(
        identities,
        _Roles(identities, applications),
        day,
        {rule.id: rule for rule in using if rule.on},
        places,
    )
    conflicts: set[Conflict] = set()
    questions: set[Question] = set()
    for expert in experts:
        for found in search.of(expert):
            if isinstance(found, Conflict):
                conflicts.add(found)
            else:
                questions.add(found)
        conflicts.update(search.plain(expert, applications))
    if "objected" in search.rules:
        conflicts.update(
            Conflict(one.application, one.expert, "objected", _OBJECTED) for one in objections if one.upheld
        )
    settled = {(one.application, one.expert) for one in conflicts}
    open_ = [one for one in questions if (one.application, one.expert) not in settled]
    return Findings(tuple(sorted(conflicts, key=_order)), tuple(sorted(open_, key=_order)))


def _order(one: Conflict | Question) -> tuple[str, ...]:
    return (
        one.application,
        one.expert,
        one.rule,
        (one.evidence if isinstance(one, Conflict) else one.text).en,
    )


def _check(experts: Sequence[Expert]) -> None:
    for expert in experts:
        for tie in _bonds(expert):
            if tie.since and tie.until and tie.until < tie.since:
                raise BadInput(
                    _BACKWARDS, expert=expert.id, name=tie.organisation.name, since=tie.since, until=tie.until
                )


def _bonds(expert: Expert) -> tuple[Tie, ...]:
    return (*expert.employments, *expert.ties, *expert.owned)


def mentioned(experts: Sequence[Expert], applications: Sequence[Application]) -> Iterator[Organisation]:
    """Every organisation that experts and applications name; identities are resolved over all of them together."""
    for expert in experts:
        yield from (tie.organisation for tie in _bonds(expert))
        yield from expert.declared_against
    for application in applications:
        yield from (*application.applicants, *application.members)


@dataclass(frozen=True, slots=True)
class _Role:
    application: str
    organisation: Organisation
    applicant: bool


class _Roles:
    """In which applications an identity stands, as what."""

    def __init__(self, identities: Identities, applications: Sequence[Application]) -> None:
        self.at: dict[str, list[_Role]] = defaultdict(list)
        for application in applications:
            for applicant, named in ((True, application.applicants), (False, application.members)):
                for one in named:
                    self.at[identities.of[one]].append(_Role(application.id, one, applicant))


_APPLICANT = Text("申报主体", "an applicant")
_MEMBER = Text("集群成员单位", "a member of the cluster")
_EMPLOYED = Text("任职", "employed")
_TIED = Text("担任顾问或有项目合作", "adviser or project partner")
_OWNED = Text("持有股份", "a shareholder")
_EVIDENCE = Text(
    "专家{when}在“{own}”{what}；“{named}”是{role}。",
    "The expert was {what} at “{own}”, {when}; “{named}” is {role}.",
)
_DECLARED_AGAINST = Text(
    "专家声明对“{own}”回避；“{named}”是{role}。",
    "The expert declared a conflict with “{own}”; “{named}” is {role}.",
)
_DECLARED = Text("专家声明对这件申报回避。", "The expert declared a conflict with this application.")
_SAME_CITY = Text(
    "专家所在的{city}是申报涉及的市（州）。", "The expert's city {city} is one of the application's."
)
_IN_OFFICE = Text(
    "专家现任{code}的职务，是申报主体或有关地区的主管部门。",
    "The expert holds an office of {code}, an applicant or the authority of a region concerned.",
)
_OBJECTED = Text(
    "申报单位申请这名专家回避，经核实成立。", "The applicant objected to the expert, and it was upheld."
)
_ASK = Text(
    "“{own}”与“{named}”是不是同一单位（{why}）？若是，适用“{rule}”。核实后作答，作答前不安排这名专家。",
    "Are “{own}” and “{named}” one organisation ({why})? If so, this applies: {rule}. Find out and answer; until then "
    "the expert is not seated.",
)


@dataclass(frozen=True)
class _Search:
    identities: Identities
    roles: _Roles
    day: date
    rules: Mapping[str, Rule]
    places: Mapping[str, Text]

    def of(self, expert: Expert) -> Iterator[Conflict | Question]:
        """What follows from organisations."""
        for tie in expert.employments:
            yield from self._by_tie(expert.id, tie, "employer", "member", _EMPLOYED)
        for tie in expert.ties:
            yield from self._by_tie(expert.id, tie, "adviser", "adviser", _TIED)
        for tie in expert.owned:
            yield from self._by_tie(expert.id, tie, "owner", "owner", _OWNED)
        if "declared" in self.rules:
            for named in expert.declared_against:
                yield from self._matches(expert.id, named, "declared", "declared", _DECLARED_AGAINST.fill)

    def plain(self, expert: Expert, applications: Sequence[Application]) -> Iterator[Conflict]:
        """What follows from cities, from offices, and from what the expert declared of an application."""
        declared = set(expert.declared) if "declared" in self.rules else set()
        offices = set(expert.offices) if "office" in self.rules else set()
        city = expert.city if "city" in self.rules else ""
        for application in applications:
            if application.id in declared:
                yield Conflict(application.id, expert.id, "declared", _DECLARED)
            if city and city in application.cities:
                yield Conflict(
                    application.id, expert.id, "city", _SAME_CITY.fill(city=self.places.get(city, city))
                )
            for code in sorted(offices & set(application.offices)):
                yield Conflict(
                    application.id, expert.id, "office", _IN_OFFICE.fill(code=self.places.get(code, code))
                )

    def _by_tie(
        self, expert: str, tie: Tie, to_applicant: str, to_member: str, what: Text
    ) -> Iterator[Conflict | Question]:
        applicant, member = (
            rule if rule in self.rules and self._counts(tie, self.rules[rule]) else ""
            for rule in (to_applicant, to_member)
        )
        if applicant or member:

            def words(**values: object) -> Text:
                return _EVIDENCE.fill(when=_when(tie), what=what, **values)

            yield from self._matches(expert, tie.organisation, applicant, member, words)

    def _counts(self, tie: Tie, rule: Rule) -> bool:
        return tie.until is None or rule.years is None or tie.until >= _years_before(self.day, rule.years)

    def _matches(
        self, expert: str, own: Organisation, applicant: str, member: str, words: Callable[..., Text]
    ) -> Iterator[Conflict | Question]:
        """Conflicts where the identity is the same, questions where it may be."""
        key = self.identities.of[own]
        for role in self.roles.at.get(key, ()):
            rule = applicant if role.applicant else member
            if rule:
                of = _APPLICANT if role.applicant else _MEMBER
                evidence = words(own=own.text, named=role.organisation.text, role=of)
                yield Conflict(role.application, expert, rule, evidence)
        for other, why in self.identities.alike.get(key, {}).items():
            for role in self.roles.at.get(other, ()):
                rule = applicant if role.applicant else member
                if rule:
                    text = _ASK.fill(
                        own=own.text, named=role.organisation.text, why=why, rule=self.rules[rule].text
                    )
                    named = role.organisation.text
                    yield Question(role.application, expert, rule, key, other, text, own.text, named, why)


def _years_before(day: date, years: int) -> date:
    """The same day so many years before; 28 February for 29 February where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _when(tie: Tie) -> Text:
    values = {"since": tie.since, "until": tie.until}
    if tie.since and tie.until:
        return Text("自 {since} 至 {until} ", "from {since} to {until}").fill(**values)
    if tie.since:
        return Text("自 {since} 起", "since {since}").fill(**values)
    if tie.until:
        return Text("至 {until} ", "until {until}").fill(**values)
    return Text("（时间不详）", "time not known")
