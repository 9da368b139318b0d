"""How cases come into being: what each kind of first act is about, worked out from what it hangs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from cultivar.cases.models import Case, Cluster, Dossier, TitleChange
from cultivar.cases.perform import Receipt, Refused, earlier, open_case
from cultivar.cases.programmes import catalogue, pinned
from cultivar.cases.record import Opening
from cultivar.ledger import append as ledger
from cultivar.policy.model import Procedure, Programme
from cultivar.policy.text import Text
from cultivar.procedure.guards import Reason
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
class NewCluster:
    """A cluster that is not in the register yet, as its promotion organisation names it."""

    name: Text
    field: str
    core_park: str


@transaction.atomic
def open_application(
    round_: Case, procedure: str, cluster: Cluster | NewCluster, actor: Actor, *, key: str
) -> Receipt:
    """Opens an application for a cluster in a round, with a dossier that already knows the cluster.

    A second call with the same ``key`` answers with the first receipt, and registers no second cluster.
    """
    programme = pinned(round_.digest)
    act = opening_act(programme.procedures[procedure])
    ledger.lock()
    known = earlier(key, actor, act, about={"procedure": procedure, "round": round_.number})
    if known is not None:
        return known
    if isinstance(cluster, NewCluster):
        cluster = _registered(cluster, actor)
    _refuse_second(round_, procedure, cluster)
    opening = Opening(
        procedure,
        cluster.name,
        cluster=cluster.code,
        round=round_.number,
        field=cluster.field,
        applicant=cluster.organisation_id,
        lead_region=cluster.region_id,
    )
    receipt = open_case(programme.key, act, opening, actor, key=key)
    Dossier.objects.create(case_id=receipt.case, data=_known(programme, cluster))
    return receipt


def _registered(new: NewCluster, actor: Actor) -> Cluster:
    """A cluster with the next free code, in the region that leads where its organisation sits."""
    organisation = Organisation.objects.select_related("region").get(code=actor.organisation)
    region = organisation.region
    if region.kind == Region.Kind.COUNTY and region.parent_id:
        region = Region.objects.get(code=region.parent_id)
    codes = Cluster.objects.filter(code__regex=r"^C\d{4,}$").values_list("code", flat=True)
    last = max((int(code[1:]) for code in codes), default=0)
    return Cluster.objects.create(
        code=f"C{last + 1:04d}",
        name_zh=new.name.zh,
        name_en=new.name.en,
        field=new.field,
        organisation=organisation,
        region=region,
        core_park=new.core_park,
    )


def _refuse_second(round_: Case, procedure: str, cluster: Cluster) -> None:
    others = Case.objects.filter(round=round_, cluster=cluster, procedure=procedure, final="")
    if others.exists():
        text = Text(
            "这个集群在本批次已有一件在办的申报，请接着办那一件。",
            "This cluster already has an application in hand in this round; go on with that one.",
        )
        raise Refused(None, (Reason("twice", text),))


def _known(programme: Programme, cluster: Cluster) -> dict[str, Any]:
    """What the register already says, so that nobody types it twice."""
    known = {"name": cluster.name_zh, "field": cluster.field, "carrier": cluster.core_park}
    fields = programme.form_fields.values()
    return {spec.id: known[spec.register_] for spec in fields if spec.register_ and known[spec.register_]}


def open_on_case(
    parent: Case, procedure: str, actor: Actor, content: Mapping[str, Any], *, key: str
) -> Receipt:
    """Opens a matter that hangs on another case, such as an objection."""
    programme = pinned(parent.digest)
    opening = Opening(
        procedure,
        parent.name,
        cluster=parent.cluster_id or "",
        parent=parent.number,
        round=parent.round_id or "",
        field=parent.field,
        applicant=parent.applicant_id or "",
        lead_region=parent.lead_region_id or "",
    )
    return open_case(
        programme.key, opening_act(programme.procedures[procedure]), opening, actor, content, key=key
    )


def open_on_title(
    grant: TitleChange, procedure: str, actor: Actor, content: Mapping[str, Any], *, key: str
) -> Receipt:
    """Opens a matter about a title: a report, a review, a revocation."""
    origin = grant.case
    programme = catalogue()[origin.programme].programme
    opening = Opening(
        procedure,
        origin.name,
        cluster=origin.cluster_id or "",
        title=grant.title,
        field=origin.field,
        applicant=origin.applicant_id or "",
        lead_region=origin.lead_region_id or "",
    )
    return open_case(
        programme.key, opening_act(programme.procedures[procedure]), opening, actor, content, key=key
    )
