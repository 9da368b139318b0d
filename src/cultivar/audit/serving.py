"""What programs fetch of the ledger: checkpoint, tiles, bundles, keys; and where a witness leaves its cosignature.

The addresses and forms are those of C2SP tlog-tiles with the prefix ``/ledger``. Nothing is served beyond the latest
checkpoint. Hashes are for everybody; bundles hold the leaves themselves and are for offices that read everything.
"""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cultivar.audit import reading, tile_paths
from cultivar.audit.tile_paths import Place
from cultivar.cases.sealing import sealed_entries
from cultivar.ledger import checkpoint, keys, note, proofs, signing, tree
from cultivar.ledger.models import Entry, VerifierKey
from cultivar.ledger.note import BadNote
from cultivar.policy.text import Text
from cultivar.web.requests import ActorRequest

PLAIN = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FOR_GOOD = "public, max-age=31536000, immutable"
LARGEST_NOTE = 64 * 1024  # bytes: sixteen cosignatures and more

_NO_CHECKPOINT = Text("还没有签过检查点。", "No checkpoint has been signed yet.")
_NO_TILE = Text(
    "没有这个瓦片：地址写法不对，或最近的检查点还没有到这里。",
    "There is no such tile: the address is malformed, or the latest checkpoint does not reach so far.",
)
_NOT_YOURS = Text(
    "记录的内容只向通览全部案件的单位（审计）整批提供。瓦片里的哈希人人可取。",
    "Entries are served in bundles only to an office that reads everything (the auditor). "
    "The hashes in the tiles are for everybody.",
)
_SEALED = Text(
    "这一批里有还封存的评分，启封以后才整批提供。瓦片里的哈希照常可取。",
    "This bundle holds scores that are still sealed; it is served once they are open. The hashes are served as ever.",
)
_TOO_LARGE = Text("检查点太大，最多 {most} 字节。", "The checkpoint is too large: at most {most} bytes.")
_NO_WITNESS = Text(
    "没有本账本所认见证方的签名。见证方的验证密钥由管理员登记。",
    "No witness that this ledger knows has signed it. The administrator registers the vkeys of witnesses.",
)
_TAKEN = Text("收下 {n} 个新的见证签名。", "{n} new cosignatures taken.")


def said(text: Text, status: int = 200) -> HttpResponse:
    """A sentence in both languages, a line each."""
    return HttpResponse(f"{text.zh}\n{text.en}\n", content_type=PLAIN, status=status)


@require_safe
def latest_checkpoint(request: HttpRequest) -> HttpResponse:
    """The note signed last."""
    row = signing.latest()
    answer = (
        said(_NO_CHECKPOINT, 404) if row is None else HttpResponse(signing.note_of(row), content_type=PLAIN)
    )
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def vkeys(request: HttpRequest) -> HttpResponse:
    """The keys with which this ledger is or was signed, one to a line, the oldest first."""
    known = VerifierKey.objects.order_by("at", "vkey").values_list("vkey", flat=True)
    answer = HttpResponse("".join(f"{one}\n" for one in known), content_type=PLAIN)
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def tile(request: ActorRequest, path: str) -> HttpResponse:
    """A tile of hashes, or a bundle of entries."""
    place = tile_paths.parse(path)
    if place is None:
        return said(_NO_TILE, 404)
    return _bundle(request, place) if place.level is None else _hashes(place.level, place)


def _hashes(level: int, place: Place) -> HttpResponse:
    row = signing.latest()
    reached = tree.width(row.size, level, place.index) if row else 0
    body = proofs.tile(level, place.index, place.width) if place.width <= reached else None
    if body is None:
        return said(_NO_TILE, 404)
    return HttpResponse(body, content_type=BYTES, headers={"Cache-Control": FOR_GOOD})


def _bundle(request: ActorRequest, place: Place) -> HttpResponse:
    if not reading.audits(request.actor):
        return said(_NOT_YOURS, 403)
    row = signing.latest()
    if row is None or place.width > tree.width(row.size, 0, place.index):
        return said(_NO_TILE, 404)
    first = place.index * tree.WIDTH
    found = list(Entry.objects.filter(seq__gte=first, seq__lt=first + place.width).order_by("seq"))
    if not reading.reads_all(request.actor, found):
        return said(_NOT_YOURS, 403)
    if sealed_entries(found):
        return said(_SEALED, 403)
    body = bundled([bytes(entry.leaf) for entry in found])
    return HttpResponse(body, content_type=BYTES, headers={"Cache-Control": "private, no-store"})


def bundled(leaves: Sequence[bytes]) -> bytes:
    """Leaves one after the other, each with its length in two bytes before it, the high one first."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


@csrf_exempt  # no session counts here: only the signatures of registered witnesses do
@require_POST
def cosignatures(request: HttpRequest) -> HttpResponse:
    """Takes a checkpoint that a witness has cosigned.

    200 with how many are new; 400 for what is no checkpoint, 413 for too much, 422 for what nobody known has signed
    or what is not of this ledger, 409 where it proves that this ledger is not what it once signed.
    """
    body = request.read(LARGEST_NOTE + 1)
    if len(body) > LARGEST_NOTE:
        return said(_TOO_LARGE.fill(most=LARGEST_NOTE), 413)
    try:
        checkpoint.parse(note.open_note(body, ()).text)
    except BadNote as bad:
        return said(bad.text, 400)
    try:
        witnesses = keys.witnesses()
        _, opened = checkpoint.opened(body, [*keys.verifiers(), *witnesses])
        if not any(key in witnesses for key, _ in opened.verified):
            return said(_NO_WITNESS, 422)
        return said(_TAKEN.fill(n=signing.accept(body)))
    except keys.NoKey as broken:
        return said(broken.text, 503)
    except BadNote as bad:
        return said(bad.text, 422)
    except signing.Contradiction as contradiction:
        return said(contradiction.text, 409)
