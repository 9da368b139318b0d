"""How cases come into being: what each kind of first act is about, worked out from what it hangs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cultivar.cases.models import Case, Dossier, Subject, TitleChange
from cultivar.cases.perform import Receipt, Refused, earlier, open_case, question
from cultivar.cases.programmes import catalogue, current, pinned
from cultivar.cases.record import Folded, Opening
from cultivar.ledger import append as ledger
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Designation
from cultivar.policy.model_procedure import Procedure
from cultivar.policy.text import Text
from cultivar.procedure.engine import decide
from cultivar.procedure.guards import Reason
from cultivar.procedure.record import StepKind
from cultivar.registry.actors import Actor
from cultivar.registry.models import Organisation, Region


def opening_act(procedure: Procedure) -> str:
    """The act that opens a case of this procedure."""
    return next(name for name, act in procedure.acts.items() if act.opens_case)


def open_round(
    programme: str, procedure: str, actor: Actor, content: Mapping[str, Any], *, key: str
) -> Receipt:
    """Opens a round; its name is what the first act says in ``name-zh`` and ``name-en``."""
    spec = catalogue()[programme].programme.procedures[procedure]
    name = Text(str(content.get("name-zh") or ""), str(content.get("name-en") or ""))
    return open_case(programme, opening_act(spec), Opening(procedure, name), actor, content, key=key)


@dataclass(frozen=True)
class NewSubject:
    """What is not in the register yet, as those who bring it forward name it."""

    name: Text
    field: str = ""
    core_park: str = ""


@transaction.atomic
def open_application(
    round_: Case, procedure: str, subject: Subject | NewSubject, actor: Actor, *, key: str
) -> Receipt:
    """Opens an application for a subject in a round, with a dossier that already knows the subject.

    A second call with the same ``key`` answers with the first receipt, and registers no second subject.
    """
    programme = pinned(round_.digest)
    act = opening_act(programme.procedures[procedure])
    ledger.lock()
    known = earlier(key, actor, act, about={"procedure": procedure, "round": round_.number})
    if known is not None:
        return known
    if isinstance(subject, NewSubject):
        organisation = Organisation.objects.select_related("region").get(code=actor.organisation)
        subject = _registered(subject, programme, _leading(organisation.region), organisation)
    _refuse_second(programme, subject, Case.objects.filter(round=round_, procedure=procedure, final=""))
    opening = Opening(
        procedure,
        subject.name,
        subject=subject.code,
        round=round_.number,
        field=subject.field,
        applicant=subject.organisation_id or "",
        lead_region=subject.region_id,
    )
    receipt = open_case(programme.key, act, opening, actor, key=key)
    Dossier.objects.create(case_id=receipt.case, data=_known(programme, subject))
    return receipt


@transaction.atomic
def open_on_subject(
    programme: str,
    procedure: str,
    subject: NewSubject | Designation,
    actor: Actor,
    content: Mapping[str, Any],
    *,
    key: str,
) -> Receipt:
    """Opens a matter about a subject that an office brings forward, or that the document itself names.

    A second call with the same ``key`` answers with the first receipt, and registers no second subject.
    """
    version = catalogue()[programme].programme
    act = opening_act(version.procedures[procedure])
    ledger.lock()
    known = earlier(key, actor, act, about={"procedure": procedure})
    if known is not None:
        return known
    region = Region.objects.get(code=actor.region or version.region)
    if isinstance(subject, Designation):
        row, places = _designated(subject, version), tuple(subject.places)
        others = Case.objects.filter(procedure=procedure, final__in=("", "granted"))
        _refuse_second(version, row, others)
    else:
        row, places = _named(subject, version, region), ()
        _refuse_second(version, row, Case.objects.filter(procedure=procedure, final=""))
    opening = Opening(
        procedure,
        row.name,
        subject=row.code,
        field=row.field,
        lead_region=region.code,
        partners=tuple(place for place in places if place != region.code),
    )
    return open_case(version.key, act, opening, actor, content, key=key)


def _named(new: NewSubject, programme: Programme, region: Region) -> Subject:
    """The region's subject of this kind and name; made where there is none yet."""
    same = Subject.objects.filter(kind=programme.subject.kind, name_zh=new.name.zh, region=region)
    return same.order_by("code").first() or _registered(new, programme, region, None)


def _leading(region: Region) -> Region:
    """The region that leads where an organisation sits: a county's prefecture."""
    if region.kind == Region.Kind.COUNTY and region.parent is not None:
        return region.parent
    return region


def _designated(designation: Designation, programme: Programme) -> Subject:
    """The row of a subject that the document names, made when it is first wanted."""
    name = f"{programme.programme}/{designation.id}"
    known = Subject.objects.filter(designation=name).first()
    if known is not None:
        return known
    new = NewSubject(designation.text, designation.group)
    subject = _registered(new, programme, Region.objects.get(code=programme.region), None)
    subject.designation = name
    subject.save(update_fields=["designation"])
    return subject


def _registered(
    new: NewSubject, programme: Programme, region: Region, organisation: Organisation | None
) -> Subject:
    """A subject with the next free code."""
    codes = Subject.objects.filter(code__regex=r"^C\d{4,}$").values_list("code", flat=True)
    last = max((int(code[1:]) for code in codes), default=0)
    return Subject.objects.create(
        code=f"C{last + 1:04d}",
        kind=programme.subject.kind,
        name_zh=new.name.zh,
        name_en=new.name.en,
        field=new.field,
        organisation=organisation,
        region=region,
        core_park=new.core_park,
    )


def _refuse_second(programme: Programme, subject: Subject, others: QuerySet[Case]) -> None:
    if others.filter(subject=subject).exists():
        what = programme.subject.text
        text = Text(
            "这个{what}已有一件同类事项，请接着办那一件。",
            "This {what} already has a matter of this kind; go on with that one.",
        )
        raise Refused(None, (Reason("twice", text.fill(what=what)),))


def _known(programme: Programme, subject: Subject) -> dict[str, Any]:
    """What the register already says, so that nobody types it twice."""
    known = {"name": subject.name_zh, "field": subject.field, "carrier": subject.core_park}
    fields = programme.form_fields.values()
    return {spec.id: known[spec.register_] for spec in fields if spec.register_ and known[spec.register_]}


def may_hang(parent: Case, folded: Folded, procedure: str, actor: Actor) -> bool:
    """Whether an office may now open a matter that hangs on a case."""
    spec = folded.programme.procedures[procedure]
    opening = _on_case(parent, procedure)
    unborn = Folded("", folded.programme, folded.digest, opening, opening.start)
    act = opening_act(spec)
    step: StepKind = "propose" if spec.acts[act].four_eyes else "do"
    return decide(act, step, actor, question(unborn, clock.now())).allowed


def _on_case(parent: Case, procedure: str) -> Opening:
    return Opening(
        procedure,
        parent.name,
        subject=parent.subject_id or "",
        parent=parent.number,
        round=parent.round_id or "",
        field=parent.field,
        applicant=parent.applicant_id or "",
        lead_region=parent.lead_region_id or "",
        partners=_partners(parent),
    )


def open_on_case(
    parent: Case, procedure: str, actor: Actor, content: Mapping[str, Any], *, key: str
) -> Receipt:
    """Opens a matter that hangs on another case, such as an objection."""
    programme = pinned(parent.digest)
    opening = _on_case(parent, procedure)
    return open_case(
        programme.key, opening_act(programme.procedures[procedure]), opening, actor, content, key=key
    )


def version_for(case: Case) -> Programme:
    """The version under which matters about a case's title begin: its file, its policy's newest, or what is kept."""
    reading = current(case.programme)
    return reading.programme if reading else pinned(case.digest)


def open_on_title(
    grant: TitleChange, procedure: str, actor: Actor, content: Mapping[str, Any], *, key: str
) -> Receipt:
    """Opens a matter about a title: a report, a review, a revocation."""
    origin = grant.case
    programme = version_for(origin)
    opening = Opening(
        procedure,
        origin.name,
        subject=origin.subject_id or "",
        title=grant.title,
        field=origin.field,
        applicant=origin.applicant_id or "",
        lead_region=origin.lead_region_id or "",
        partners=_partners(origin),
    )
    return open_case(
        programme.key, opening_act(programme.procedures[procedure]), opening, actor, content, key=key
    )


def _partners(case: Case) -> tuple[str, ...]:
    return tuple(case.partners.values_list("region", flat=True))
