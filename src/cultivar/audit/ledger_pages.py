"""What the ledger is and how it stands, for everybody; its entries, for offices that read everything."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cultivar.audit import reading
from cultivar.audit.checking import receipt_root, said_at
from cultivar.cases import presenting, queries
from cultivar.cases.models import Case
from cultivar.cases.offices import for_offices
from cultivar.cases.programmes import versions
from cultivar.cases.receipts import next_checkpoint
from cultivar.cases.record import done
from cultivar.ledger import checkpoint, clock, keys, note, proofs, signing
from cultivar.ledger.canonical import NotCanonical
from cultivar.ledger.models import Alarm, Checkpoint, Entry, Signature, VerifierKey
from cultivar.ledger.note import COSIGNATURE, BadNote
from cultivar.policy.text import Text
from cultivar.procedure import erasure
from cultivar.procedure.erasure import act_in
from cultivar.procedure.record import ERASE
from cultivar.registry.models import Office
from cultivar.web import components as c
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

PAGE = 50
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_COSIGNATURES = 20
_NOT_YOURS = Text(
    "全部记录只向通览全部案件的单位（审计）列出。",
    "All entries are listed only for an office that reads everything (the auditor).",
)
_ALARMS = {
    Alarm.Kind.FORK: Text(
        "对同样的 {size} 条记录签过两个不同的根：账本分了叉。",
        "Two different roots were signed for the same {size} entries: the ledger was forked.",
    ),
    Alarm.Kind.SET_BACK: Text(
        "签过 {size} 条记录的检查点，而账本没有这么多：账本被退回过。",
        "A checkpoint of {size} entries was signed, but the ledger had fewer: it was set back.",
    ),
    Alarm.Kind.CHANGED: Text(
        "前 {size} 条记录与签过的检查点不符：账本被改过。",
        "The first {size} entries are no longer those that were signed: the ledger was changed.",
    ),
}


def ledger(request: HttpRequest) -> HttpResponse:
    """What this ledger is, how it stands, with which keys it is signed, and how anybody checks it."""
    asked = request.GET.get("entry", "").strip()
    if _NUMBER.fullmatch(asked):
        return redirect("ledger-entry", asked)
    size, _ = proofs.head()
    row = signing.latest()
    page: dict[str, Any] = {
        "size": size,
        "row": row,
        "origin": keys.origin(),
        "vkeys": list(VerifierKey.objects.order_by("at", "vkey")),
        "cosignatures": _cosigned(),
        "alarms": [(_ALARMS[Alarm.Kind(one.kind)].fill(size=one.size), one) for one in Alarm.objects.all()],
        "due": next_checkpoint(clock.now()),
        "prefix": request.build_absolute_uri(reverse("ledger")).rstrip("/"),
    }
    if row is not None:
        page |= {"root": receipt_root(checkpoint.parse(row.text)), "open": size - row.size}
    return render(request, "audit/ledger.html", page)


def _cosigned() -> list[tuple[Signature, str]]:
    """The latest cosignatures with the time that each gives."""
    rows = (
        Signature.objects.filter(witness=True).select_related("checkpoint").order_by("-checkpoint_id", "id")
    )
    return [(row, _given_at(row)) for row in rows[:_COSIGNATURES]]


def _given_at(row: Signature) -> str:
    try:
        (line,) = note.open_note(f"{row.checkpoint.text}\n{row.line}\n", ()).unknown
    except (BadNote, ValueError):
        return "—"
    return said_at(line) if _is_timed(row) else "—"


def _is_timed(row: Signature) -> bool:
    try:
        known = {(key.name, key.key_id.hex()): key.kind for key in keys.witnesses()}
    except keys.NoKey:  # a line that is no key is the administrator's to mend; the page still tells the rest
        known = {}
    return known.get((row.name, row.key_id), COSIGNATURE) == COSIGNATURE


@for_offices
def entries(request: ActorRequest) -> HttpResponse:
    """Every entry of the programmes that this office audits, newest first."""
    if not reading.audits(request.actor):
        raise PermissionDenied(_NOT_YOURS)
    asked = {name: request.GET.get(name, "").strip()[:120] for name in ("q", "office", "act")}
    found = _entries(request, asked)
    total, number = found.count(), page_number(request)
    shown = list(found[(number - 1) * PAGE : number * PAGE])
    covered = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    page = {
        "rows": _rows(shown, covered),
        "filters": _filters(asked, total),
        "pages": c.Pagination(total, number, PAGE, other_parameters(request)),
        "empty": c.Empty(
            Text("没有符合的记录。", "No entry fits."),
            Text("换个条件，或清除筛选。", "Try other filters, or clear them."),
            c.Link(Text("清除筛选", "Clear"), reverse("ledger-entries")),
        ),
    }
    return render(request, "audit/entries.html", page)


def _entries(request: ActorRequest, asked: dict[str, str]) -> QuerySet[Entry]:
    audited = [digest for digest, one in versions().items() if reading.reads_everything(one, request.actor)]
    cases = queries.visible(request.actor).filter(digest__in=audited)
    if asked["q"]:
        cases = cases.filter(number__icontains=asked["q"])
    found = Entry.objects.filter(case__in=cases.values("number")).order_by("-seq")
    if asked["office"]:
        found = found.filter(office=asked["office"])
    return found.filter(kind=asked["act"]) if asked["act"] else found


def _rows(shown: list[Entry], covered: int) -> list[dict[str, Any]]:
    offices = reading.office_names({entry.office for entry in shown})
    cases = Case.objects.in_bulk({entry.case for entry in shown})
    return [
        {
            "entry": entry,
            "case": cases.get(entry.case),
            "act": _act(entry, cases.get(entry.case)),
            "office": offices.get(entry.office, Text(entry.office, entry.office)),
            "hash": bytes(entry.leaf_hash).hex(),
            "covered": entry.seq < covered,
        }
        for entry in shown
    ]


def _act(entry: Entry, case: Case | None) -> Text:
    """The name of an act, with its step; its id where the programme knows none."""
    if case is None:
        return Text(entry.kind, entry.kind)
    try:
        programme = versions()[case.digest]
        act = act_in(programme, programme.procedures[case.procedure], entry.kind)
        return presenting.label(done(entry)).fill(act=act.text)
    except (NotCanonical, LookupError):
        return Text(entry.kind, entry.kind)


def _filters(asked: dict[str, str], total: int) -> c.FilterBar:
    acts = {
        name: act.text
        for programme in versions().values()
        for procedure in programme.procedures.values()
        for name, act in procedure.acts.items()
    } | {ERASE: erasure.NAME}
    offices = {one.key: one.short for one in Office.objects.order_by("body", "key")}
    return c.FilterBar(
        reverse("ledger-entries"),
        search_label=Text("案件编号", "Case number"),
        search_value=asked["q"],
        selects=(
            c.Select("office", Text("单位", "Office"), (_ALL_OFFICES, *offices.items()), asked["office"]),
            c.Select("act", Text("行为", "Act"), (_ALL_ACTS, *sorted(acts.items())), asked["act"]),
        ),
        found=Text(f"共 {total} 条", f"{total} entries"),
    )


_ALL_OFFICES = ("", Text("全部单位", "All offices"))
_ALL_ACTS = ("", Text("全部行为", "All acts"))
