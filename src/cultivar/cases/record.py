"""Cases read back from the ledger: entries become acts, acts fold into a state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cultivar.cases.models import Case
from cultivar.cases.programmes import pinned
from cultivar.ledger.canonical import read
from cultivar.ledger.models import Entry
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, Procedure
from cultivar.policy.text import Text
from cultivar.procedure import erasure
from cultivar.procedure.matter import Hanging, Matter, ParentCase, Terms
from cultivar.procedure.record import Done, State, fold


@dataclass(frozen=True)
class Opening:
    """What the first act of a case fixes: what it is about and whose it is."""

    procedure: str
    name: Text
    subject: str = ""
    parent: str = ""
    round: str = ""
    title: str = ""
    field: str = ""
    applicant: str = ""
    lead_region: str = ""
    partners: tuple[str, ...] = ()  # regions concerned from the outset, as those of a title

    def plain(self) -> dict[str, Any]:
        """As it stands in the ledger."""
        parts = ("subject", "parent", "round", "title", "field", "applicant", "lead_region")
        given = {part: getattr(self, part) for part in parts if getattr(self, part)}
        if self.partners:
            given["partners"] = list(self.partners)
        return {"procedure": self.procedure, "name": {"zh": self.name.zh, "en": self.name.en}, **given}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Opening":
        """Read back from the ledger."""
        plain = dict(plain)
        if "cluster" in plain:  # what leaves said when only clusters were cultivated
            plain["subject"] = plain.pop("cluster")
        name = Text(plain["name"]["zh"], plain["name"]["en"])
        return cls(**{**plain, "name": name, "partners": tuple(plain.get("partners", ()))})

    @property
    def start(self) -> State:
        """What the case knows before its first act."""
        return State(partners=self.partners)


@dataclass(frozen=True)
class Folded:
    """A case as its record leaves it, with the version that it is pinned to."""

    number: str
    programme: Programme
    digest: str
    opening: Opening
    state: State
    leaf_hashes: Mapping[int, str] = field(default_factory=dict)  # hex, by the number of the entry

    @property
    def procedure(self) -> Procedure:
        """The procedure that the case follows."""
        return self.programme.procedures[self.opening.procedure]

    def act_of(self, done: Done) -> Act:
        """What an entry did: an act of the procedure, or the erasure that none defines."""
        return erasure.act_in(self.programme, self.procedure, done.act)

    @property
    def hanging(self) -> Hanging:
        """The case as the one on which it hangs sees it; one that is only proposed is open."""
        stage = self.procedure.stages.get(self.state.stage)
        return Hanging(self.opening.procedure, self.state.stage, bool(stage and stage.final))


def done(entry: Entry) -> Done:
    """An entry as the act that it records."""
    return from_leaf(entry.seq, read(bytes(entry.leaf)))


def from_leaf(seq: int, leaf: Mapping[str, Any]) -> Done:
    """The act that a leaf records."""
    return Done(
        seq=seq,
        act=leaf["act"],
        step=leaf["step"],
        body=leaf["body"],
        post=leaf["post"],
        office=leaf["office"],
        region=leaf["region"],
        person=leaf["person"],
        at=datetime.fromisoformat(leaf["at"]),
        content=leaf["content"],
    )


def folded(number: str, entries: Iterable[Entry]) -> Folded:
    """Folds the entries of one case, in order. Raises ``BrokenRecord`` on an impossible record."""
    kept = list(entries)
    leaves = [(entry.seq, read(bytes(entry.leaf))) for entry in kept]
    first = leaves[0][1]
    programme = pinned(first["digest"])
    opening = Opening.of(first["opening"])
    record = [from_leaf(seq, leaf) for seq, leaf in leaves]
    state = fold(programme.procedures[opening.procedure], record, opening.start)
    hashes = {entry.seq: bytes(entry.leaf_hash).hex() for entry in kept}
    return Folded(number, programme, first["digest"], opening, state, hashes)


def round_of(case: Folded, parent: Folded | None) -> str:
    """The round to which a case belongs: its own, its parent's, or the round on which it hangs; "" for none."""
    if case.opening.round or parent is None:
        return case.opening.round
    return parent.number if parent.procedure.about == "round" else parent.opening.round


def load(number: str) -> Folded:
    """The case as the ledger has it: one query. Raises ``Case.DoesNotExist`` for an unknown number."""
    entries = list(Entry.objects.filter(case=number).order_by("seq"))
    if not entries:
        raise Case.DoesNotExist(number)
    return folded(number, entries)


def terms_of(round_: Folded) -> Terms:
    """What the notice of a round fixes, from the latest act that said each thing."""
    window: Mapping[str, str] = {}
    limits: Mapping[str, int] = {}
    values: dict[str, Any] = {}
    stage = round_.procedure.stages.get(round_.state.stage)
    for act in round_.state.acts:
        for name, spec in round_.procedure.acts[act.act].content.items():
            if name not in act.content:
                continue
            if spec.type == "window":
                window = act.content[name]
            elif spec.type == "limits":
                limits = act.content[name]
            else:
                values[name] = act.content[name]
    return Terms(
        datetime.fromisoformat(window["opens_at"]) if window else None,
        datetime.fromisoformat(window["closes_at"]) if window else None,
        limits,
        values,
        closed=bool(stage and stage.final),
    )


def matter(
    case: Folded,
    terms: Terms,
    hanging: tuple[Hanging, ...] = (),
    parent: Folded | None = None,
    findings: Any = None,
) -> Matter:
    """The surroundings of a case as the engine wants them."""
    return Matter(
        applicant=case.opening.applicant,
        lead_region=case.opening.lead_region,
        terms=terms,
        findings=findings if findings is not None else {},
        hanging=hanging,
        parent=None if parent is None else ParentCase(parent.opening.procedure, parent.state),
    )
