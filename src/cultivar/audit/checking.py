"""Checks a receipt step by step and says in words what holds; the page's script does the same in the browser.

``WORDS`` are the sentences of both: the page hands them to its script.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from cultivar.ledger import checkpoint, note, sm
from cultivar.ledger.checkpoint import Checkpoint, Receipt
from cultivar.ledger.merkle import leaf_hash, verify_inclusion
from cultivar.ledger.note import COSIGNATURE, SM2, BadNote, Line, Opened, Verifier
from cultivar.policy.text import Text

WORDS: Mapping[str, Text] = {
    "holds": Text("这条记录在账本里", "This entry stands in the ledger"),
    "fails": Text("这份回执不成立", "This receipt does not hold"),
    "key-bad": Text(
        "“{line}”不是验证密钥。一行一把，形如“名称+编号+密钥”，请从账本页整行抄录。",
        "“{line}” is no verifier key. One to a line, name+ID+key; copy the whole line from the ledger's page.",
    ),
    "key-none": Text("没有给出账本的验证密钥。", "No verifier key of the ledger was given."),
    "form-good": Text("回执的格式正确。", "The receipt is well formed."),
    "form-bad": Text(
        "回执的格式不对：不是完整的 .tlog-proof 文件，或有改动。",
        "The receipt is malformed: it is no whole .tlog-proof file, or it was altered.",
    ),
    "note-good": Text(
        "检查点：账本“{origin}”，共 {size} 条记录，根 {root}。",
        "The checkpoint: ledger “{origin}”, {size} entries, root {root}.",
    ),
    "note-bad": Text("回执里的检查点格式不对。", "The checkpoint in the receipt is malformed."),
    "signature-good": Text(
        "检查点由“{name}”签名（密钥编号 {id}）。", "The checkpoint is signed by “{name}” (key {id})."
    ),
    "signature-none": Text(
        "检查点没有所给密钥的签名。请核对验证密钥是否是这个账本的。",
        "None of the given keys has signed the checkpoint. See whether the key is this ledger's.",
    ),
    "signature-bad": Text(
        "“{name}”（密钥编号 {id}）的签名不成立：检查点或签名有改动。",
        "The signature of “{name}” (key {id}) is false: the checkpoint or the signature was altered.",
    ),
    "witness-good": Text(
        "见证方“{name}”于 {at} 见证了这个检查点。", "The witness “{name}” cosigned this checkpoint at {at}."
    ),
    "witness-none": Text(
        "所给的见证方都没有见证这个检查点。", "None of the given witnesses has cosigned this checkpoint."
    ),
    "sm2-aside": Text(
        "“{name}”的 SM2 签名在这里没有核验；请用命令 cultivar ledger check。",
        "The SM2 signature of “{name}” was not checked here; use the command cultivar ledger check.",
    ),
    "inclusion-good": Text(
        "第 {index} 号记录，哈希 {hash}，经 {steps} 步算到检查点的根。",
        "Entry no. {index}, hash {hash}, leads to the checkpoint's root in {steps} steps.",
    ),
    "inclusion-bad": Text(
        "这条记录算不到检查点的根：记录、序号或路径有改动。",
        "The entry does not lead to the checkpoint's root: the entry, its number or the path was altered.",
    ),
    "leaf-none": Text(
        "回执里没有记录的内容，无从核对。", "The receipt does not carry its entry; there is nothing to check."
    ),
    "act": Text("行为", "Act"),
    "case": Text("案件", "Case"),
    "office": Text("单位", "Office"),
    "at": Text("时间", "Time"),
    "articles": Text("依据条款", "Articles"),
    "content": Text("内容", "Content"),
}
_SHANGHAI = timezone(timedelta(hours=8))
_FACTS = ("act", "case", "office", "at", "articles")


@dataclass(frozen=True)
class Step:
    """One step and whether it held; ``aside`` where it says something that was not checked."""

    holds: bool
    words: Text
    aside: bool = False

    @property
    def mark(self) -> str:
        """The class that draws its sign."""
        return "bad" if not self.holds else "plain" if self.aside else "good"


@dataclass(frozen=True)
class Answer:
    """What came of checking a receipt. ``facts`` and ``content`` are read from the leaf where all held."""

    steps: tuple[Step, ...]
    facts: tuple[tuple[Text, str], ...] = ()
    content: str = ""

    @property
    def holds(self) -> bool:
        """Whether the entry stands in the ledger."""
        return bool(self.steps) and all(step.holds for step in self.steps)

    @property
    def verdict(self) -> Text:
        """The one sentence on top."""
        return WORDS["holds" if self.holds else "fails"]


class _Fails(Exception):
    """A step does not hold; nothing after it says anything."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.words = WORDS[key].fill(**values)


def examine(body: bytes, vkeys: Sequence[str], witnesses: Sequence[str] = ()) -> Answer:
    """Checks a receipt against the keys of its ledger, and of witnesses, that somebody names."""
    steps: list[Step] = []
    try:
        receipt = _walk(body, vkeys, witnesses, steps)
    except _Fails as failed:
        return Answer((*steps, Step(False, failed.words)))
    return Answer(tuple(steps), *_read(receipt.leaf or b""))


def _walk(body: bytes, vkeys: Sequence[str], witnesses: Sequence[str], steps: list[Step]) -> Receipt:
    logs, known = list(_verifiers(vkeys)), list(_verifiers(witnesses))
    if not logs:
        raise _Fails("key-none")
    try:
        receipt = checkpoint.read_receipt(body)
    except BadNote:
        raise _Fails("form-bad") from None
    steps.append(_held("form-good"))
    said, lines = _signed(receipt)
    root = receipt_root(said)
    steps.append(_held("note-good", origin=said.origin, size=said.size, root=root))
    given = [*dict.fromkeys([*logs, *known])]
    aside = [key for key in given if key.kind == SM2 and not sm.installed()]
    opened = _open(receipt, [key for key in given if key not in aside], lines)
    signed = [key for key, _ in opened.verified if key in logs and key.name == said.origin]
    if not signed:
        raise _Fails("signature-none")
    steps += [_held("signature-good", name=key.name, id=key.key_id.hex()) for key in signed]
    left = {(line.name, line.key_id) for line in opened.unknown}
    steps += [_aside("sm2-aside", name=key.name) for key in aside if (key.name, key.key_id) in left]
    steps += _witnessed(opened, known)
    steps.append(_included(receipt, said))
    return receipt


def receipt_root(said: Checkpoint) -> str:
    """The root of a checkpoint as its text has it."""
    return said.text.split("\n")[2]


def _verifiers(vkeys: Sequence[str]) -> Iterator[Verifier]:
    for line in dict.fromkeys(one.strip() for one in vkeys if one.strip()):
        try:
            yield note.verifier(line)
        except BadNote:
            raise _Fails("key-bad", line=line) from None


def _signed(receipt: Receipt) -> tuple[Checkpoint, tuple[Line, ...]]:
    try:
        opened = note.open_note(receipt.note, ())
        return checkpoint.parse(opened.text), opened.unknown
    except BadNote:
        raise _Fails("note-bad") from None


def _open(receipt: Receipt, keys: Sequence[Verifier], lines: Sequence[Line]) -> Opened:
    text = note.open_note(receipt.note, ()).text
    for line in lines:
        for key in keys:
            if (key.name, key.key_id) == (line.name, line.key_id) and not key.accepts(text, line.signature):
                raise _Fails("signature-bad", name=line.name, id=line.key_id.hex())
    try:
        return note.open_note(receipt.note, keys)
    except BadNote:  # two keys that share a name and an ID
        raise _Fails("key-bad", line=keys[-1].name) from None


def _witnessed(opened: Opened, known: Sequence[Verifier]) -> list[Step]:
    found = [
        _held("witness-good", name=key.name, at=said_at(line) if key.kind == COSIGNATURE else "—")
        for key, line in opened.verified
        if key in known
    ]
    return found or ([_aside("witness-none")] if known else [])


def said_at(line: Line) -> str:
    """The time that a cosignature gives, as people in Shanghai read it."""
    try:
        return datetime.fromtimestamp(line.said_at, _SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return str(line.said_at)


def _included(receipt: Receipt, said: Checkpoint) -> Step:
    if receipt.leaf is None:
        raise _Fails("leaf-none")
    leaf = leaf_hash(receipt.leaf)
    if not verify_inclusion(leaf, receipt.index, said.size, receipt.path, said.root):
        raise _Fails("inclusion-bad")
    return _held("inclusion-good", index=receipt.index, hash=leaf.hex(), steps=len(receipt.path))


def _held(key: str, **values: object) -> Step:
    return Step(True, WORDS[key].fill(**values) if values else WORDS[key])


def _aside(key: str, **values: object) -> Step:
    return Step(True, WORDS[key].fill(**values) if values else WORDS[key], aside=True)


def _read(leaf: bytes) -> tuple[tuple[tuple[Text, str], ...], str]:
    """What a leaf says, for reading only: that it is in the ledger is shown already."""
    try:
        data = json.loads(leaf)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        return (), leaf.decode("utf-8", "replace")
    facts = tuple((WORDS[name], _plain(data[name])) for name in _FACTS if name in data)
    return facts, pretty(data)


def pretty(data: Any) -> str:
    """Data laid out for reading."""
    return _whole(json.dumps(data, ensure_ascii=False, indent=2))


def _plain(value: Any) -> str:
    return _whole(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def _whole(text: str) -> str:
    """Without halves of characters, which no page can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
