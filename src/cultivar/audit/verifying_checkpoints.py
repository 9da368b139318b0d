"""What was signed of the ledger, held against the tree: stored checkpoints, the remembered note, copies of others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cultivar.audit.findings import Finding
from cultivar.audit.verifying_tree import TreeWalk
from cultivar.ledger import checkpoint, keys, note, signing, sm
from cultivar.ledger.checkpoint import PROOF
from cultivar.ledger.merkle import leaf_hash, verify_inclusion
from cultivar.ledger.models import Alarm, Checkpoint, Entry, Signature, VerifierKey
from cultivar.ledger.note import BadNote, Verifier
from cultivar.policy.text import Text

STORED = Text("登记的检查点", "the stored checkpoint")
REMEMBERED = Text("密钥旁保存的最近检查点", "the last checkpoint, as kept beside the keys")

_SET_BACK = Text(
    "{what}签了 {size} 条，账本只有 {have} 条：数据被退回过，或末尾的记录被删过。",
    "{what} signs {size} entries, but the ledger has {have}: it was set back, or its end was cut off.",
)
_CHANGED = Text(
    "{what}签的根与现在的记录算出的不同：第 #{first}–#{last} 条之中有记录在签名之后被改、被换或被删。",
    "{what} signs another root than these entries give: among #{first}–#{last} something was changed, exchanged or "
    "removed after it was signed.",
)
_MORE = Text("其后还有 {count} 个检查点也不符。", "{count} later checkpoints disagree as well.")
_COLUMN = Text("登记的条数与所签的不同。", "the stored size is not the one that was signed.")
_OTHER_ORIGIN = Text("是“{origin}”的检查点，不是本账本的。", "it is of “{origin}”, not of this ledger.")
_LINE_COLUMNS = Text(
    "签名行与登记的名称或编号不符。", "a signature line is not by the key that is stored with it."
)
_WITNESS = Text("签名行是否出自见证方，登记错了。", "whether a line is a witness's is stored wrongly.")
_UNKNOWN = Text(
    "“{name}”（{id}）的签名无法核验：没有这把密钥。",
    "the signature of “{name}” ({id}) cannot be verified: the key is not known.",
)
_UNSIGNED = Text("没有本账本已知密钥的签名。", "no known key of this ledger has signed it.")
_BAD_KEY = Text("登记的验证密钥无法读取：{vkey}。", "a stored verifier key cannot be read: {vkey}.")
_ALARM = {
    Alarm.Kind.FORK: Text(
        "曾报警：{size} 条的检查点有两个不同的根。", "alarm: two roots were signed for {size} entries."
    ),
    Alarm.Kind.SET_BACK: Text(
        "曾报警：账本少于已签的 {size} 条。", "alarm: the ledger had fewer than the {size} entries signed."
    ),
    Alarm.Kind.CHANGED: Text(
        "曾报警：前 {size} 条与所签的不同。", "alarm: the first {size} entries were not those signed."
    ),
}
_ODD_ALARM = Text("有一条无法辨认的报警。", "there is an alarm of no known kind.")
_RECEIPT = Text(
    "{what}：这条记录不在它所签的账本里。", "{what}: its entry is not in the ledger that it signs."
)
_RECEIPT_LEAF = Text(
    "{what}里的内容与账本里的这条记录不同。", "the entry that {what} carries is not the ledger's."
)


@dataclass(frozen=True)
class Claim:
    """That the tree of ``size`` leaves has this root, and who says so."""

    what: Text
    size: int
    root: bytes
    second: str = ""  # the SM3 root in base64, where one is given

    @classmethod
    def of(cls, what: Text, said: checkpoint.Checkpoint) -> "Claim":
        """What a checkpoint claims."""
        second = [line for line in said.extensions if line.startswith(sm.EXTENSION)]
        return cls(what, said.size, said.root, second[0].removeprefix(sm.EXTENSION) if second else "")


@dataclass(frozen=True)
class Handed:
    """A checkpoint or receipt that somebody else kept: the name of its file, and what it holds."""

    name: str
    body: bytes

    @property
    def what(self) -> Text:
        """How findings name it."""
        return Text(f"“{self.name}”", f"“{self.name}”")


class Checkpoints:
    """Every claim about the tree, collected before the pass over the entries and compared after it.

    ``pinned`` are vkeys that count instead of those in the database.
    """

    def __init__(self, handed: Sequence[Handed] = (), pinned: Sequence[str] = ()) -> None:
        self.findings: list[Finding] = []
        self._pinned = bool(pinned)
        self._own = [note.verifier(one) for one in pinned] or list(self._stored_keys())
        self._witnesses = keys.witnesses()
        self._receipts: list[tuple[Text, checkpoint.Receipt]] = []
        self.claims = list(self._stored())
        self.stored = len(self.claims)
        self.claims += self._remembered()
        self.handed = [claim for one in handed for claim in self._handed(one)]
        self._alarms()

    @property
    def sizes(self) -> set[int]:
        """At which sizes the root is wanted."""
        return {claim.size for claim in (*self.claims, *self.handed)}

    def compare(self, walk: TreeWalk) -> list[Finding]:
        """What is wrong with checkpoints, after the pass."""
        found = list(self.findings)
        ours = sorted(self.claims, key=lambda claim: claim.size)
        wrong = [claim for claim in ours if self._disagrees(claim, walk)]
        if wrong and (walk.certain or wrong[0].size > walk.size):
            found.append(self._wrong(wrong[0], ours, walk))
            if len(wrong) > 1:
                found.append(Finding("checkpoint", _MORE.fill(count=len(wrong) - 1)))
        everyone = sorted([*ours, *self.handed], key=lambda claim: claim.size)
        found += [self._wrong(one, everyone, walk) for one in self.handed if self._disagrees(one, walk)]
        found += self._compare_receipts()
        return found

    def _disagrees(self, claim: Claim, walk: TreeWalk) -> bool:
        return walk.roots.get(claim.size) != claim.root

    def _wrong(self, claim: Claim, others: Iterable[Claim], walk: TreeWalk) -> Finding:
        if claim.size > walk.size:
            text = _SET_BACK.fill(what=claim.what, size=claim.size, have=walk.size)
            return Finding("checkpoint", text, size=claim.size)
        right = [one.size for one in others if one.size < claim.size and not self._disagrees(one, walk)]
        first = max(right, default=0)
        text = _CHANGED.fill(what=claim.what, first=first, last=max(claim.size - 1, 0))
        return Finding("checkpoint", text, size=claim.size)

    def _stored_keys(self) -> Iterator[Verifier]:
        for vkey in VerifierKey.objects.order_by("at", "vkey").values_list("vkey", flat=True):
            try:
                yield note.verifier(vkey)
            except BadNote:
                self._say(_BAD_KEY.fill(vkey=vkey))

    def _stored(self) -> Iterator[Claim]:
        origin = None
        lines: dict[int, list[Signature]] = {}
        for line in Signature.objects.order_by("checkpoint_id", "witness", "id"):
            lines.setdefault(line.checkpoint_id, []).append(line)
        for row in Checkpoint.objects.order_by("size").only("size", "text"):
            try:
                said = checkpoint.parse(row.text)
            except BadNote as bad:
                self._say(bad.text, row.size)
                continue
            if said.size != row.size:
                self._say(_COLUMN, row.size)
                continue
            origin = origin or said.origin
            if said.origin != origin:
                self._say(_OTHER_ORIGIN.fill(origin=said.origin), row.size)
                continue
            if self._signed(row.size, said, row.text, lines.get(row.size, [])):
                yield Claim.of(STORED, said)

    def _signed(self, size: int, said: checkpoint.Checkpoint, text: str, lines: Sequence[Signature]) -> bool:
        """Whether a key of the ledger signed it; says what is wrong with its lines."""
        by_ledger = False
        for line in lines:
            try:
                opened = note.open_note(f"{text}\n{line.line}\n", [*self._own, *self._witnesses])
            except BadNote as bad:
                self._say(bad.text, size)
                return False
            by_witness = any(key in self._witnesses for key, _ in opened.verified)
            for one in (*opened.unknown, *(one for _, one in opened.verified)):
                if (one.name, one.key_id.hex()) != (line.name, line.key_id):
                    self._say(_LINE_COLUMNS, size)
                elif not opened.verified and not self._pinned:
                    self._say(_UNKNOWN.fill(name=one.name, id=one.key_id.hex()), size)
                elif by_witness != line.witness:
                    self._say(_WITNESS, size)
            by_ledger |= any(key in self._own and key.name == said.origin for key, _ in opened.verified)
        if not by_ledger:
            self._say(_UNSIGNED, size)
        return by_ledger

    def _remembered(self) -> list[Claim]:
        kept = signing.remembered()
        if kept is None:
            return []
        return self._claims(REMEMBERED, kept.encode(), receipt=False)

    def _handed(self, one: Handed) -> list[Claim]:
        return self._claims(one.what, one.body, receipt=one.body.startswith(PROOF.encode()))

    def _claims(self, what: Text, body: bytes, *, receipt: bool) -> list[Claim]:
        """What a note, or the note of a receipt, says; a finding where no known key signed it."""
        try:
            if receipt:
                read = checkpoint.read_receipt(body)
                body = read.note.encode()
            said, opened = checkpoint.opened(body, [*self._own, *self._witnesses])
        except BadNote as bad:
            self._say(Text(f"{what.zh}：{bad.text.zh}", f"{what.en}: {bad.text.en}"))
            return []
        if receipt:
            self._receipts.append((what, read))
        names = {key.name for key in self._witnesses}
        for line in opened.unknown:  # by nobody known, which proves nothing; but a known name has a known key
            if line.name in names or (line.name == said.origin and not self._pinned):
                self._say(_UNKNOWN.fill(name=line.name, id=line.key_id.hex()), said.size)
        return [Claim.of(what, said)]

    def _compare_receipts(self) -> Iterator[Finding]:
        for what, receipt in self._receipts:
            said = checkpoint.parse(note.open_note(receipt.note, ()).text)
            row = Entry.objects.filter(seq=receipt.index).values_list("leaf", flat=True).first()
            leaf = receipt.leaf if receipt.leaf is not None else row
            if leaf is None:
                continue
            if not verify_inclusion(
                leaf_hash(bytes(leaf)), receipt.index, said.size, receipt.path, said.root
            ):
                yield Finding("checkpoint", _RECEIPT.fill(what=what), seq=receipt.index)
            elif receipt.leaf is not None and row is not None and bytes(row) != receipt.leaf:
                yield Finding("checkpoint", _RECEIPT_LEAF.fill(what=what), seq=receipt.index)

    def _alarms(self) -> None:
        for kind, size in Alarm.objects.order_by("id").values_list("kind", "size"):
            known = kind in Alarm.Kind.values
            self._say(_ALARM[Alarm.Kind(kind)].fill(size=size) if known else _ODD_ALARM, size)

    def _say(self, text: Text, size: int | None = None) -> None:
        self.findings.append(Finding("checkpoint", text, size=size))


def handed(paths: Iterable[Path]) -> list[Handed]:
    """The files named, read."""
    return [Handed(path.name, path.read_bytes()) for path in paths]
