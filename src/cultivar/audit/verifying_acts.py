"""Whether every act was one that the procedure allowed when it was done, asked of the record alone.

Each case is folded act by act, and before each act the engine is asked again what the one door asked then: with the
state, the round, the parent and the hanging cases as the record had left them, at the time that the act bears. What
stood outside the record (whether a dossier was complete) is taken as it was found then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cultivar.audit.findings import Finding
from cultivar.audit.verifying_entries import Entries, Leaf
from cultivar.cases.models import AdoptedProgramme, Case
from cultivar.cases.perform import DECLINING
from cultivar.cases.programmes import calendar, pinned
from cultivar.cases.record import Folded, Opening, from_leaf, matter, round_of, terms_of
from cultivar.ledger import sealed
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act
from cultivar.policy.text import Text
from cultivar.procedure import erasure, voting
from cultivar.procedure.content import clean
from cultivar.procedure.engine import decide
from cultivar.procedure.guards import Question
from cultivar.procedure.matter import Finding as Fact
from cultivar.procedure.matter import Hanging, Matter, Terms
from cultivar.procedure.record import ERASE, BrokenRecord, Done, after

_NO_PROGRAMME = Text("没有它所依据的政策版本。", "the version of the policy that it follows is not kept.")
_NO_OPENING = Text(
    "案件的第一条没有写明开立的内容。", "the first entry of a case says what it opens; this one does not."
)
_OPENED_TWICE = Text(
    "案件已经开立，又写了开立的内容。", "the case was open already; this says that it opens it."
)
_OTHER = Text("“{name}”与案件开立时不同。", "“{name}” is not what it was when the case began.")
_NO_ACT = Text("这个程序里没有这一步。", "the procedure has no such act.")
_BODY = Text(
    "记为“{have}”办理，而这一步应由“{should}”办理。", "it is by “{have}”, but such an act is by “{should}”."
)
_ARTICLES = Text("所引条款不是这一步的条款。", "it cites other articles than such an act does.")
_REFUSED = Text("当时不能办这一步：{why}", "it could not be done then: {why}")
_ONE_PERSON = Text("同一个人提出又审签。", "the same person proposed it and agreed to it.")
_IMPOSSIBLE = Text("程序走不到这一步。", "the procedure does not lead there.")
_MISCOUNTED = Text("“{name}”与记录在案的票不符。", "“{name}” is not what the ballots on record come to.")
_SAYS_MORE = Text(
    "审签不能另有内容。", "an agreement says nothing of its own; what was proposed takes effect."
)
_NO_PARENT = Text("它所附的案件或批次不存在。", "the case or round on which it hangs does not exist.")


@dataclass(frozen=True)
class _Asker:
    """Who did an act, as far as the record says it."""

    person_key: str
    body: str
    post: str
    region: str
    organisation: str


class Acts:
    """Every case as the record leaves it. ``cases`` are those that could be followed to their end."""

    def __init__(self, entries: Entries) -> None:
        self.findings: list[Finding] = []
        self.cases: dict[str, Folded] = {}
        self.lost: set[str] = set()  # cases with an act that is damaged or impossible
        self._entries = entries
        self._unsure: set[str] = set()  # cases on which a lost one hangs
        self._hanging: dict[str, list[str]] = {}
        self._terms: dict[str, tuple[int, Terms]] = {}
        self._titles: dict[str, bool] = {}  # whether it is held
        self._open: dict[tuple[str, str], set[str]] = {}  # cases in hand by procedure and title
        self.dossiers: dict[str, tuple[int, str]] = {}  # submitted ones by SHA-256: entry and case
        self.documents: dict[str, tuple[int, str]] = {}  # those that acts fixed, likewise

    def lose(self, case: str) -> None:
        """Follows a case no further: one of its acts is not what was recorded."""
        known = self.cases.pop(case, None)
        self.lost.add(case)
        stored = Case.objects.filter(number=case).values_list("parent_id", flat=True).first()
        self._unsure.add(known.opening.parent if known else stored or "")

    @property
    def related_to_lost(self) -> set[str]:
        """The lost cases, and those whose projections look at one of them."""
        above_lost = Case.objects.filter(number__in=self.lost).values_list("parent_id", flat=True)
        related = self.lost | {number for number in above_lost if number}
        for number, case in self.cases.items():
            if self._above(case) & self.lost:
                related |= {number, case.opening.parent}
        return related - {""}

    def take(self, seq: int, leaf: Leaf) -> None:
        """The next entry."""
        number = leaf["case"]
        if number in self.lost:
            return
        before = self.cases.get(number)
        try:
            case = self._opened(leaf) if before is None else before
            if self._above(case) & self.lost:
                self.lose(number)  # what it depends on cannot be known
                return
            problem = self._same_case(case, leaf, first=before is None)
            problem = problem or self._problem(case, leaf, from_leaf(seq, leaf))
            if problem is not None:
                self._say(seq, number, problem)
            done = from_leaf(seq, leaf)
            self._keep(case, replace(case, state=after(case.procedure, case.state, done)), done)
        except _Impossible as impossible:
            self._lose(seq, number, impossible.text)
        except (BrokenRecord, LookupError, TypeError, ValueError, AttributeError):
            self._lose(seq, number, _IMPOSSIBLE)

    def _lose(self, seq: int, number: str, text: Text) -> None:
        self._say(seq, number, text)
        self.lose(number)

    def _opened(self, leaf: Leaf) -> Folded:
        if "opening" not in leaf:
            raise _Impossible(_NO_OPENING)
        try:
            programme = pinned(leaf["digest"])
        except (AdoptedProgramme.DoesNotExist, ValueError):
            raise _Impossible(_NO_PROGRAMME) from None
        opening = Opening.of(leaf["opening"])
        above = {opening.parent, opening.round} - {""}
        if any(one not in self.cases and one not in self.lost for one in above):
            raise _Impossible(_NO_PARENT)
        return Folded(leaf["case"], programme, leaf["digest"], opening, opening.start)

    def _above(self, case: Folded) -> set[str]:
        """The cases to which the engine looks from this one: its parent and its round."""
        parent = self.cases.get(case.opening.parent)
        return {case.opening.parent, round_of(case, parent)}

    def _same_case(self, case: Folded, leaf: Leaf, *, first: bool) -> Text | None:
        if "opening" in leaf and not first:
            return _OPENED_TWICE
        expected = {
            "procedure": case.opening.procedure,
            "programme": case.programme.key,
            "digest": case.digest,
        }
        wrong = [name for name, value in expected.items() if leaf[name] != value]
        return _OTHER.fill(name=wrong[0]) if wrong else None

    def _problem(self, case: Folded, leaf: Leaf, done: Done) -> Text | None:
        """Why the procedure would have refused the act then; None where it would not."""
        if done.act == ERASE:
            return _wrong_erasure(case, done)
        act = case.procedure.acts.get(done.act)
        if act is None:
            raise _Impossible(_NO_ACT)
        part = act.agreeing[0] if done.step in ("confirm", "decline") else act.body
        if done.body != part:
            return _BODY.fill(have=done.body, should=part)
        if leaf["articles"] != list(act.articles):
            return _ARTICLES
        if case.number in self._unsure:
            return None  # how the case stood that hangs on it cannot be known
        around = self._around(case)
        body = case.programme.bodies[part]
        asker = _Asker(done.person, body.played_by or part, done.post, done.region, around.applicant)
        question = Question(case.programme, case.procedure, case.state, around, done.at, calendar())
        option = decide(done.act, done.step, asker, question)
        if not option.allowed:
            return _REFUSED.fill(why=option.reasons[0].text)
        return _miscounted(case, act, done, around) or _said_wrongly(act, done)

    def _around(self, case: Folded) -> Matter:
        opening = case.opening
        parent = self.cases[opening.parent] if opening.parent else None
        round_ = round_of(case, parent)
        hanging = tuple(self._hanging_on(case.number))
        return matter(case, self._terms_of(round_), hanging, parent, _Facts(self, case))

    def _hanging_on(self, number: str) -> Iterator[Hanging]:
        for other in sorted(self._hanging.get(number, ())):
            case = self.cases.get(other)
            if case is not None:
                yield case.hanging

    def _terms_of(self, number: str) -> Terms:
        if not number:
            return Terms()
        round_ = self.cases[number]
        latest = round_.state.latest.seq if round_.state.latest else -1
        known = self._terms.get(number)
        if known is None or known[0] != latest:
            known = self._terms[number] = (latest, terms_of(round_))
        return known[1]

    def _keep(self, before: Folded, now: Folded, done: Done) -> None:
        if now.number not in self.cases and now.opening.parent:
            self._hanging.setdefault(now.opening.parent, []).append(now.number)
        self.cases[now.number] = now
        if done.act == ERASE:
            if done.step == "confirm":
                self._entries.decided(done.seq, now.number, now.state.erasures[-1].content)
            return
        if len(now.state.acts) > len(before.state.acts):
            act = now.procedure.acts[done.act]
            self._titled(now, act, now.state.acts[-1])
            self._submitted(act, now.state.acts[-1], now.number)
        stage = now.procedure.stages.get(now.state.stage)
        same = self._open.setdefault((now.opening.procedure, now.opening.title), set())
        (same.discard if stage is None or stage.final else same.add)(now.number)

    def _titled(self, case: Folded, act: Act, done: Done) -> None:
        if act.grants:
            self._titles[done.content["title"]] = True
        if act.ends:
            self._titles[case.opening.title] = False

    def _submitted(self, act: Act, done: Done, number: str) -> None:
        for name, spec in act.content.items():
            if spec.type == "dossier" and isinstance(done.content.get(name), str):
                self.dossiers[done.content[name]] = done.seq, number
            if spec.type == "document" and isinstance(done.content.get(name), str):
                self.documents[done.content[name]] = done.seq, number

    def fact(self, name: str, case: Folded) -> Fact:
        """A fact from outside the acts, as the record had it at this moment."""
        if name == "title-held":
            return Fact(self._titles.get(case.opening.title, bool(self.lost)))
        if name == "none-in-hand":
            same = self._open.get((case.opening.procedure, case.opening.title), set())
            return Fact(not same - self.lost - {case.number})
        return Fact(True)

    def _say(self, seq: int, case: str, text: Text) -> None:
        self.findings.append(Finding("act", text, seq=seq, case=case))


class _Impossible(Exception):
    """An act after which its case cannot be followed."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class _Facts(Mapping[str, Fact]):
    """The facts of one case at one moment."""

    def __init__(self, acts: Acts, case: Folded) -> None:
        self._acts, self._case = acts, case

    def __getitem__(self, name: str) -> Fact:
        return self._acts.fact(name, self._case)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _wrong_erasure(case: Folded, done: Done) -> Text | None:
    """Why personal values could not be erased so: by whom, and whether by two."""
    part = erasure.body_of(case.programme)
    if done.body != part or done.region != case.programme.region:
        return _BODY.fill(have=done.body, should=part)
    proposed = case.state.erasing
    return _ONE_PERSON if proposed is not None and proposed.person == done.person else None


def _miscounted(case: Folded, act: Act, done: Done, around: Matter) -> Text | None:
    """Where a tally is not what the ballots on record come to."""
    for name, spec in act.content.items():
        if spec.type != "tally":
            continue
        should = voting.counted(spec, case.procedure, case.state, around.terms.values).plain()
        if done.content.get(name) != should:
            return _MISCOUNTED.fill(name=spec.text)
    return None


def _said_wrongly(act: Act, done: Done) -> Text | None:
    """What is wrong with the form of what an act says; personal values are commitments and not looked at."""
    own = {"title"} if act.grants else set()
    own |= {name for name, spec in act.content.items() if spec.type == "tally"}
    if done.step == "confirm":
        return None if done.content.keys() <= own else _SAYS_MORE
    sealed_away = {name for name, said in done.content.items() if sealed.is_commitment(said)}
    fields = DECLINING if done.step == "decline" else act.content
    asked = {name: spec for name, spec in fields.items() if name not in sealed_away | own}
    content = {name: said for name, said in done.content.items() if name not in sealed_away | own}
    _, problems = clean(asked, content)
    return problems[0].text if problems else None


def words_of(programme: Programme, procedure: str, act_id: str, step: str) -> Text:
    """An act and its step in words."""
    known = programme.procedures.get(procedure)
    act = known.acts.get(act_id) if known else None
    name = act.text if act is not None else erasure.NAME if act_id == ERASE else Text(act_id, act_id)
    how = _STEPS.get(step)
    return name if how is None else Text(f"{name.zh}（{how.zh}）", f"{name.en} ({how.en})")


_STEPS = {
    "propose": Text("提出", "proposed"),
    "confirm": Text("审签", "agreed to"),
    "decline": Text("不同意", "declined"),
}
