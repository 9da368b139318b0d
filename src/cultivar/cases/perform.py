"""The one door: every change to a case is an act, and every act passes through here.

``perform`` takes the writer's place, folds the case as it now stands, asks the procedure, records the act and
brings the projections up to date, all in one transaction. Pages, imports and jobs use nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Length

from cultivar.cases import making, projection
from cultivar.cases.checking import Setting, check, days_ahead
from cultivar.cases.dossier import freeze
from cultivar.cases.facts import Findings
from cultivar.cases.models import Case, RoundNotice, TitleChange
from cultivar.cases.programmes import adopt, calendar, current, lies_in, not_in_force
from cultivar.cases.record import Folded, Opening, from_leaf, load, matter, round_of
from cultivar.cases.rosters import BeingTaken
from cultivar.ledger import append as ledger
from cultivar.ledger.canonical import NotCanonical, canonical, normal, read
from cultivar.ledger.clock import SHANGHAI
from cultivar.ledger.jobs import enqueue_checkpoint
from cultivar.ledger.models import Entry, Head, Sealed
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.policy.reading import Reading
from cultivar.policy.text import Text
from cultivar.procedure import voting
from cultivar.procedure.content import ContentProblem, clean
from cultivar.procedure.engine import Option, decide
from cultivar.procedure.guards import Question, Reason
from cultivar.procedure.matter import Hanging, Matter, ParentCase, Terms
from cultivar.procedure.record import State, StepKind, after
from cultivar.registry.actors import Actor


@dataclass(frozen=True)
class Receipt:
    """Proof that an act stands in the ledger. ``repeated`` when the same key had already been used."""

    seq: int
    case: str
    act: str
    step: str
    at: datetime
    leaf_hash: str  # hex
    repeated: bool = False


LONGEST_KEY = 80  # characters of an idempotency key

CHANGED = Text(
    "提请的内容已经换过，不是你看到的那份。请重新看过再审签。",
    "What is proposed has changed since you read it. Read it again before you answer.",
)
DECLINING = {
    "reasons": ContentField(zh="不同意的理由", en="Why not", type="long-text", required=True, at_most=1000)
}


class Refused(Exception):
    """The procedure does not allow it; the reasons say why, by which article, and what removes the obstacle."""

    def __init__(self, option: Option | None, reasons: tuple[Reason, ...]) -> None:
        super().__init__("; ".join(reason.text.en for reason in reasons))
        self.option = option
        self.reasons = reasons


class BadContent(Exception):
    """What the act says is incomplete or wrong; one problem for each field."""

    def __init__(self, problems: list[ContentProblem]) -> None:
        super().__init__("; ".join(problem.text.en for problem in problems))
        self.problems = problems


@transaction.atomic
def perform(
    number: str,
    act_id: str,
    actor: Actor,
    content: Mapping[str, Any] | None = None,
    *,
    key: str,
    step: StepKind | None = None,
    about: int | None = None,
) -> Receipt:
    """Does one act on a case for ``actor``. ``key`` makes it idempotent: a second call answers with the first receipt.

    ``step`` is only needed where four eyes are: propose, confirm or decline; absent, confirm what is pending.
    ``about`` is the proposal (its entry) that whoever answers has read; where another waits meanwhile, it is refused.
    Raises ``Refused``, ``BadContent``, or ``Case.DoesNotExist``.
    """
    key = sound_key(key)
    head = ledger.lock()
    known = earlier(key, actor, act_id, number=number, step=step or "")
    if known is not None:
        return known
    before = load(number)
    act = before.procedure.acts.get(act_id)
    if act is None:
        raise Case.DoesNotExist(f"{number} has no act {act_id}")
    chosen = _step(act, act_id, before.state, step)
    pending = before.state.pending
    if chosen in ("confirm", "decline") and pending is not None and about not in (None, pending.seq):
        raise Refused(None, (Reason("changed", CHANGED, tuple(act.articles)),))
    return _record(head, before, act_id, chosen, actor, content or {}, key)


@transaction.atomic
def open_case(
    programme: str,
    act_id: str,
    opening: Opening,
    actor: Actor,
    content: Mapping[str, Any] | None = None,
    *,
    key: str,
) -> Receipt:
    """Opens a case by the first act of its procedure, under the version of ``programme`` now on file.

    Nothing begins under a version that is not in force, or outside its region; a draft is tried in demonstrations.
    """
    key = sound_key(key)
    head = ledger.lock()
    plain = opening.plain()
    named: tuple[str, ...] = ("procedure", "round", "parent", "title", "subject")
    same = {part: plain[part] for part in named if part in plain}
    known = earlier(key, actor, act_id, about=same)
    if known is not None:
        return known
    reading = _may_begin(programme, opening.lead_region, ledger.now(head).date())
    adopt(reading)
    number = _next_number(reading.programme.case_prefix, ledger.now(head).year)
    new = Folded(number, reading.programme, reading.digest, opening, opening.start)
    act = new.procedure.acts[act_id]
    return _record(head, new, act_id, "propose" if act.four_eyes else "do", actor, content or {}, key)


def sound_key(key: str) -> str:
    """An idempotency key as the ledger keeps it. Raises ``Refused`` for one that it cannot keep."""
    try:
        sound = str(normal(key))
    except NotCanonical:
        sound = ""
    if not 1 <= len(sound) <= LONGEST_KEY or not sound.isprintable():
        text = Text(
            "提交编号要有 1 到 {most} 个可见字符。请刷新页面再办。",
            "A submission number has 1 to {most} printable characters. Reload the page and try again.",
        )
        raise Refused(None, (Reason("key", text.fill(most=LONGEST_KEY)),))
    return sound


def _may_begin(programme: str, region: str, day: date) -> Reading:
    """The file under which a case begins: in force on the day, and where the case lies. Raises ``Refused``."""
    reading = current(programme)
    if reading is None:
        gone = Text(
            "这个项目的政策文件已不在，不能再办新的事项。", "The policy file is gone; nothing new can begin."
        )
        raise Refused(None, (Reason("file", gone),))
    why = not_in_force(reading.programme, day)
    if why is not None and not (settings.DEMO and reading.programme.status == "draft"):
        raise Refused(None, (Reason("not-in-force", why),))
    if region and not lies_in(reading.programme, region):
        outside = Text(
            "你的单位不在这项政策施行的地区。", "Your office is outside the region of this policy."
        )
        raise Refused(None, (Reason("jurisdiction", outside),))
    return reading


def question(case: Folded, now: datetime) -> Question:
    """What the engine needs to know about a case at a moment; at most three queries, and facts when asked."""
    return Question(case.programme, case.procedure, case.state, surroundings(case), now, calendar())


def surroundings(case: Folded) -> Matter:
    """The matter of a case: its round's terms, what hangs on it, its parent, and facts found when asked for."""
    parent = load(case.opening.parent) if case.opening.parent else None
    return matter(case, terms(round_of(case, parent)), hanging(case), parent, Findings(case))


def terms(round_number: str) -> Terms:
    """What the notice of a round fixes; nothing for a case without a round."""
    if not round_number:
        return Terms()
    notice = RoundNotice.objects.select_related("case").filter(case=round_number).first()
    return Terms() if notice is None else terms_of_notice(notice)


def terms_of_notice(notice: RoundNotice) -> Terms:
    """The terms that a round's row (fetched with its case) keeps."""
    opens_at, closes_at = notice.opens_at.astimezone(SHANGHAI), notice.closes_at.astimezone(SHANGHAI)
    return Terms(opens_at, closes_at, notice.limits, notice.values, closed=bool(notice.case.final))


def hanging(case: Folded) -> tuple[Hanging, ...]:
    """The cases that hang on this one, by number."""
    if not any(other.parent == case.opening.procedure for other in case.programme.procedures.values()):
        return ()
    children = (
        Case.objects.filter(parent=case.number).order_by("number").values_list("procedure", "stage", "final")
    )
    return tuple(Hanging(procedure, stage, bool(final)) for procedure, stage, final in children)


def earlier(
    key: str,
    actor: Actor,
    act_id: str,
    *,
    number: str = "",
    step: str = "",
    about: Mapping[str, Any] | None = None,
) -> Receipt | None:
    """The receipt of what was done under a key; refused where that was something else or somebody else's.

    ``about`` is what the opening of the case must have said, as far as the asker knows it.
    """
    entry = ledger.find(key)
    if entry is None:
        return None
    leaf = read(bytes(entry.leaf))
    same = (
        entry.kind == act_id
        and leaf["person"] == actor.person_key
        and entry.office == actor.office_key
        and number in ("", entry.case)
        and step in ("", entry.step)
        and (about or {}).items() <= leaf.get("opening", {}).items()
    )
    if not same:
        text = Text(
            "这个提交编号已用于另一件事。请刷新页面再办。",
            "This submission number was used for something else. Reload the page and try again.",
        )
        raise Refused(None, (Reason("key", text),))
    return receipt_of(entry, repeated=True)


def repeats(receipt: Receipt, said: Mapping[str, Any]) -> bool:
    """Whether what is said is what the entry of a receipt says: three queries. What was erased counts as the same."""
    case = load(receipt.case)
    fields = case.procedure.acts[receipt.act].content
    content, problems = clean(fields, said)
    kept = read(bytes(Entry.objects.values_list("leaf", flat=True).get(seq=receipt.seq)))["content"]
    salts = dict(Sealed.objects.filter(entry=receipt.seq).values_list("field", "salt"))
    return not problems and all(
        kept.get(name) == {"commitment": ledger.commitment(bytes(salts[name]), canonical(value))}
        if name in salts
        else (fields[name].personal and name in kept) or kept.get(name) == value
        for name, value in content.items()
    )


def receipt_of(entry: Entry, *, repeated: bool = False) -> Receipt:
    """The receipt of an entry."""
    return Receipt(
        entry.seq, entry.case, entry.kind, entry.step, entry.at, bytes(entry.leaf_hash).hex(), repeated
    )


def _step(act: Act, act_id: str, state: State, step: StepKind | None) -> StepKind:
    if not act.four_eyes:
        return "do"
    if step is not None and step != "do":
        return step
    return "confirm" if state.pending is not None and state.pending.act == act_id else "propose"


def _next_number(prefix: str, year: int) -> str:
    stem = f"{prefix}-{year}-"
    taken = Case.objects.filter(number__gte=stem, number__lt=f"{prefix}-{year}.")
    last = taken.order_by(Length("number").desc(), "-number").values_list("number", flat=True).first()
    return f"{stem}{int(last.removeprefix(stem)) + 1 if last else 1:05d}"


def _record(
    head: Head, before: Folded, act_id: str, step: StepKind, actor: Actor, raw: Mapping[str, Any], key: str
) -> Receipt:
    act = before.procedure.acts[act_id]
    at = ledger.now(head)
    around = surroundings(before)
    asked = Question(before.programme, before.procedure, before.state, around, at, calendar())
    option = decide(act_id, step, actor, asked)
    if not option.allowed:
        raise Refused(option, option.reasons)
    try:
        content, personal = _content(before, act, step, raw, around, at.date(), head.size)
    except BeingTaken as busy:
        raise Refused(option, (Reason("roster", busy.text),)) from None
    if act.grants and step in ("do", "confirm"):
        content["title"] = _title_number(before, act.grants, at)
    try:
        entry = ledger.append(head, _draft(before, act, act_id, step, actor, content, personal), key, at)
    except (NotCanonical, ledger.TooLong) as error:
        raise Refused(option, (Reason("content", error.text),)) from None
    new_state = after(before.procedure, before.state, from_leaf(entry.seq, read(bytes(entry.leaf))))
    project(before, around, replace(before, state=new_state))
    if step in ("do", "confirm"):
        if act.publishes or act.grants or act.ends or making.documents(act):
            enqueue_checkpoint()  # in this transaction: it is signed for if and only if it is done
        if making.documents(act):
            making.follow(replace(before, state=new_state), act, new_state.acts[-1], actor)
    return receipt_of(entry)


def _content(
    case: Folded, act: Act, step: StepKind, raw: Mapping[str, Any], around: Matter, today: date, seq: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The content to record, cleaned and checked, and the personal part that stays outside the leaf."""
    if step == "confirm":
        _still_so(case, act, Setting(case, around, today))
        return {}, {}
    if step == "decline":
        fields = DECLINING
    else:
        fields = {name: spec for name, spec in act.content.items() if spec.type != "document"}
    filled, private = ({}, {}) if step == "decline" else _from_dossier(case, act, seq)
    tallies = _tallies(case, fields, around)
    typed = {name: spec for name, spec in fields.items() if name not in tallies}
    content, problems = clean(typed, {**raw, **filled})
    content.update(filled)  # an empty list too: it takes back what an earlier submission named
    content.update(tallies)
    if step != "decline":
        setting = Setting(case, around, today)
        problems += check(act, content, setting)
        if not problems and making.documents(act):
            worked_out, problems = making.made(act, content, setting)
            content.update(worked_out)
    if problems:
        raise BadContent(problems)
    personal = {name: content.pop(name) for name, spec in fields.items() if spec.personal and name in content}
    return content, {**personal, **private}


def _still_so(case: Folded, act: Act, setting: Setting) -> None:
    """Refuses to agree to what lies in the past by now, or would come out otherwise. Raises ``Refused``."""
    proposed = case.state.pending
    if proposed is None:
        return
    problems = days_ahead(act, proposed.content, setting)
    if not problems and making.documents(act):
        problems = making.changed(act, proposed.content, setting)
    if problems:
        raise Refused(None, tuple(Reason("changed", one.text, tuple(act.articles)) for one in problems))


def _tallies(case: Folded, fields: Mapping[str, ContentField], around: Matter) -> dict[str, Any]:
    """What the house counts itself: the ballots on record, by the round's settings."""
    return {
        name: voting.counted(spec, case.procedure, case.state, around.terms.values).plain()
        for name, spec in fields.items()
        if spec.type == "tally"
    }


def _from_dossier(case: Folded, act: Act, seq: int) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """What the house fills in itself when an act freezes the dossier, and the dossier's personal values.

    Nobody else's word counts for either.
    """
    names = {spec.type: name for name, spec in act.content.items()}
    if "dossier" not in names:
        return {}, {}
    frozen = freeze(case, seq)
    data = frozen.data
    filled: dict[str, Any] = {names["dossier"]: frozen.sha256}
    if "partner-regions" in names:
        fields = case.programme.form_fields.values()
        chosen = [data.get(field.id) or [] for field in fields if field.type == "partner-regions"]
        regions = [region for regions in chosen for region in regions if region != case.opening.lead_region]
        filled[names["partner-regions"]] = regions
    return filled, frozen.personal


def _title_number(case: Folded, title: str, at: datetime) -> str:
    """The next free number of the year, over all versions of the policy."""
    pattern = case.programme.titles[title].number
    grants = TitleChange.objects.filter(kind=TitleChange.Kind.GRANT)
    n = (
        grants.filter(on__year=at.year, case__programme__startswith=f"{case.programme.programme}/").count()
        + 1
    )
    taken = set(grants.filter(on__year=at.year).values_list("title", flat=True))
    for number in range(n, n + len(taken) + 2):
        title = pattern.format(year=at.year, n=number)
        if title not in taken and not grants.filter(title=title).exists():
            return title
    raise ValueError(f"the pattern {pattern!r} gives no further number")


def _draft(
    case: Folded,
    act: Act,
    act_id: str,
    step: StepKind,
    actor: Actor,
    content: Mapping[str, Any],
    personal: Mapping[str, Any],
) -> ledger.Draft:
    part, post = act.agreeing if step in ("confirm", "decline") else (act.body, act.post)
    return ledger.Draft(
        case=case.number,
        procedure=case.opening.procedure,
        programme=case.programme.key,
        digest=case.digest,
        act=act_id,
        step=step,
        body=part,
        post=post or actor.post,
        office=actor.office_key,
        region=actor.region,
        person=actor.person_key,
        articles=tuple(act.articles),
        content=content,
        personal=personal,
        opening=case.opening.plain() if case.state.latest is None else None,
    )


def project(before: Folded, around: Matter, now: Folded) -> None:
    """Brings the rows of the case up to date, those of what hangs on it, and of the case on which it hangs."""
    old = projection.rows(before, around, calendar()) if before.state.latest else {}
    projection.write(now.number, old, projection.rows(now, around, calendar()))
    _project_children(before, now, around.hanging)
    if not now.opening.parent or (before.state.latest and before.hanging == now.hanging):
        return
    parent = load(now.opening.parent)
    parent_around = surroundings(parent)
    others = parent_around.hanging
    if before.state.latest is None:
        earlier = _without(others, now.hanging)
    else:
        earlier = (*_without(others, now.hanging), before.hanging)
    old = projection.rows(parent, replace(parent_around, hanging=earlier), calendar())
    projection.write(parent.number, old, projection.rows(parent, parent_around, calendar()))


def _project_children(before: Folded, now: Folded, hanging_cases: tuple[Hanging, ...]) -> None:
    """What hangs on a case and is open waits for its people and asks for its stage."""
    if all(one.final for one in hanging_cases):
        return
    for number in Case.objects.filter(parent=now.number, final="").values_list("number", flat=True):
        child = load(number)
        around = surroundings(child)
        earlier = replace(around, parent=ParentCase(before.opening.procedure, before.state))
        later = replace(around, parent=ParentCase(now.opening.procedure, now.state))
        old = projection.rows(child, earlier, calendar())
        projection.write(number, old, projection.rows(child, later, calendar()))


def _without(hanging_cases: tuple[Hanging, ...], one: Hanging) -> tuple[Hanging, ...]:
    rest = list(hanging_cases)
    rest.remove(one)
    return tuple(rest)
