"""One entry of the ledger: its leaf for who may read it, its hash and place for everybody; and its receipt."""

from collections.abc import Mapping
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from cultivar.audit import checking, reading
from cultivar.audit.reading import Leaf, office_names
from cultivar.audit.serving import PLAIN, said
from cultivar.cases import presenting, queries
from cultivar.cases.citing import chip
from cultivar.cases.programmes import versions
from cultivar.cases.public_pages import objection_entry
from cultivar.cases.receipts import badge, next_checkpoint
from cultivar.cases.record import from_leaf
from cultivar.ledger import clock, signing
from cultivar.ledger.checkpoint import Receipt
from cultivar.ledger.models import Entry
from cultivar.policy.text import Text
from cultivar.procedure.erasure import act_in
from cultivar.web.requests import ActorRequest

_JSON = "application/json"
_KEPT = {"Cache-Control": "private, no-store", "Vary": "Accept, Cookie"}
_UNKNOWN = Text("账本里没有这个序号。", "The ledger has no entry of this number.")
_WITHHELD = Text(
    "这条记录在账本里，内容不向你公开。哈希和位置人人可核对。",
    "This entry is in the ledger; its content is not open to you. Its hash and its place anybody can check.",
)
_NOT_YET = Text(
    "这条记录已记入账本，要等下一个检查点（{at}）签名后才有回执。",
    "The entry is recorded; its receipt comes with the next checkpoint, due at {at}.",
)
_FULL = 2900  # bytes that the largest QR code holds, at its lowest level of correction


@require_safe
def entry(request: ActorRequest, seq: str) -> HttpResponse:
    """A page for browsers, the raw leaf for programs: SHA-256 of 0x00 and the answer's body is the leaf hash."""
    found = _find(seq)
    leaf = reading.leaf(found, request.actor)
    if _wants_page(request):
        answer = _page(request, found, leaf)
    elif leaf is None:
        hidden = {
            "seq": found.seq,
            "leaf_hash": bytes(found.leaf_hash).hex(),
            "zh": _WITHHELD.zh,
            "en": _WITHHELD.en,
        }
        answer = JsonResponse(hidden, status=403, json_dumps_params={"ensure_ascii": False})
    else:
        answer = HttpResponse(bytes(found.leaf), content_type=_JSON)
    return _private(answer)


@require_safe
def receipt(request: ActorRequest, seq: str) -> HttpResponse:
    """The receipt as a file, for who may read the entry."""
    return _file(request, _own(request, seq))


@require_safe
def receipt_page(request: ActorRequest, seq: str) -> HttpResponse:
    """The receipt to print, for who may read the entry."""
    return _paper(request, _own(request, seq), reverse("ledger-receipt", args=[seq]))


@require_safe
def objection_receipt(request: ActorRequest, number: str, code: str) -> HttpResponse:
    """The receipt of an objection as a file, for who has its address."""
    return _file(request, reading.opened(objection_entry(number, code)))


@require_safe
def objection_receipt_page(request: ActorRequest, number: str, code: str) -> HttpResponse:
    """The receipt of an objection to print, for who has its address."""
    leaf = reading.opened(objection_entry(number, code))
    return _paper(request, leaf, reverse("objection-receipt", args=[number, code]))


def _find(seq: str) -> Entry:
    found = Entry.objects.filter(seq=int(seq)).first()
    if found is None:
        raise Http404(_UNKNOWN)
    return found


def _own(request: ActorRequest, seq: str) -> Leaf | HttpResponse:
    """The leaf of an entry for its receipt, or the answer to who may not read it."""
    found = _find(seq)
    leaf = reading.leaf(found, request.actor)
    if leaf is not None:
        return leaf
    return _page(request, found, None) if _wants_page(request) else said(_WITHHELD, 403)


def _wants_page(request: HttpRequest) -> bool:
    return request.get_preferred_type([_JSON, "text/html"]) == "text/html"


def _page(request: ActorRequest, found: Entry, leaf: Leaf | None) -> HttpResponse:
    """An entry as a page; without its leaf only what everybody may know."""
    made = signing.receipt(found.seq)
    page: dict[str, Any] = {
        "seq": found.seq,
        "leaf_hash": bytes(found.leaf_hash).hex(),
        "badge": badge(found.seq, reverse("ledger-entry", args=[found.seq])),
        "made": made,
        "path": [one.hex() for one in made.path] if made else [],
        "checkpoint": signing.covering(found.seq),
        "due": next_checkpoint(clock.now()),
        "withheld": _WITHHELD,
        "leaf": leaf,
        "frame": _frame(request),
    }
    if leaf is not None:
        page |= described(leaf, request)
    return render(request, "audit/entry.html", page, status=403 if leaf is None else 200)


def described(leaf: Leaf, request: ActorRequest | None) -> dict[str, Any]:
    """What an entry says, in words as far as its programme knows them; links for an office that sees its case."""
    data, found = leaf.data, leaf.entry
    offices = office_names({found.office})
    words: dict[str, Any] = {
        "entry": found,
        "title": Text(found.kind, found.kind),
        "office": offices.get(found.office, Text(found.office, found.office)),
        "pretty": bytes(found.leaf).decode("utf-8", "replace") if data is None else checking.pretty(data),
    }
    if data is not None:
        words |= _in_words(found, data)
    if request is not None and not request.actor.is_public:
        words["case"] = queries.visible(request.actor).filter(number=found.case).first()
    return words


def _in_words(found: Entry, data: Mapping[str, Any]) -> dict[str, Any]:
    """Act and articles as the programme of a leaf names them; nothing where it names none."""
    programme = versions().get(str(data.get("digest")))
    procedure = programme.procedures.get(str(data.get("procedure"))) if programme else None
    if programme is None or procedure is None:
        return {}
    try:
        act = act_in(programme, procedure, found.kind)
        label = presenting.label(from_leaf(found.seq, data)).fill(act=act.text)
    except LookupError:
        return {}
    known = [article for article in data.get("articles", ()) if article in programme.article]
    return {"title": label, "chips": [chip(programme, article) for article in known]}


def _frame(request: ActorRequest) -> str:
    return "web/page_public.html" if request.actor.is_public else "web/page_work.html"


def _file(request: ActorRequest, leaf: Leaf | HttpResponse) -> HttpResponse:
    if isinstance(leaf, HttpResponse):
        return leaf
    made = _made(leaf)
    if made is None:
        return _not_yet(request, leaf.entry)
    shown_as = content_disposition_header(True, f"{leaf.entry.case}-{leaf.entry.seq}.tlog-proof")
    headers = {"Content-Disposition": shown_as or "", **_KEPT}
    return HttpResponse(made.text, content_type=PLAIN, headers=headers)


def _paper(request: ActorRequest, leaf: Leaf | HttpResponse, download: str) -> HttpResponse:
    if isinstance(leaf, HttpResponse):
        return leaf
    made = _made(leaf)
    if made is None:
        return _not_yet(request, leaf.entry)
    page = {
        "seq": leaf.entry.seq,
        "leaf_hash": bytes(leaf.entry.leaf_hash).hex(),
        "text": made.text,
        "code": code_of(made.text),
        "download": download,
        "check": request.build_absolute_uri(reverse("ledger-check")),
        "checkpoint": signing.covering(leaf.entry.seq),
        "frame": _frame(request),
        **described(leaf, None),
    }
    return _private(render(request, "audit/receipt.html", page))


def _private(answer: HttpResponse) -> HttpResponse:
    for name, value in _KEPT.items():
        answer[name] = value
    return answer


def _made(leaf: Leaf) -> Receipt | None:
    return signing.receipt(leaf.entry.seq, bytes(leaf.entry.leaf))


def _not_yet(request: ActorRequest, found: Entry) -> HttpResponse:
    due = next_checkpoint(clock.now())
    words = _NOT_YET.fill(at=presenting.when(due))
    if not _wants_page(request):
        return said(words, 409)
    page = {"seq": found.seq, "words": words, "frame": _frame(request)}
    return render(request, "audit/not_yet.html", page, status=409)


def code_of(text: str) -> SafeString | None:
    """The receipt as a QR code (inline SVG), so that paper can be checked too; None where it is too long."""
    if len(text.encode()) > _FULL:
        return None
    code = segno.make(text, error="l", micro=False, boost_error=False)
    return mark_safe(code.svg_inline(scale=2, border=4, omitsize=True))  # noqa: S308 - drawn paths only
