"""What a verification finds: which entry or checkpoint is not what it should be, in both languages."""

from dataclasses import dataclass
from typing import Any, Literal

from cultivar.policy.text import Text

Part = Literal["tree", "checkpoint", "entry", "sealed", "erasure", "act", "file", "projection"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. ``seq`` is the first bad entry, ``last`` the last of a run of them.

    ``size`` names a checkpoint, ``table`` a projection; ``act`` is the act of the entry in words, where known.
    """

    part: Part
    text: Text
    seq: int | None = None
    last: int | None = None
    case: str = ""
    act: Text | None = None
    size: int | None = None
    table: str = ""

    @property
    def where(self) -> Text:
        """The entry with its case and act, the checkpoint, or the table."""
        if self.seq is not None:
            numbers = f"#{self.seq}" if self.last in (None, self.seq) else f"#{self.seq}–#{self.last}"
            act = self.act or Text("", "")
            return Text(
                " ".join(part for part in (f"第 {numbers} 条", self.case, act.zh) if part),
                " ".join(part for part in (f"entry {numbers}", self.case, act.en) if part),
            )
        if self.size is not None:
            return Text(f"{self.size} 条的检查点", f"checkpoint of {self.size}")
        named = " ".join(part for part in (self.case, self.table) if part)
        return Text(named or "账本", named or "ledger")

    def __str__(self) -> str:
        return f"{self.where.zh}：{self.text.zh}\n  {self.where.en}: {self.text.en}"

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "part": self.part,
            "entry": self.seq,
            "last_entry": self.last if self.last is not None else self.seq,
            "case": self.case,
            "act": None if self.act is None else self.act.en,
            "act_zh": None if self.act is None else self.act.zh,
            "checkpoint": self.size,
            "table": self.table,
            "message": self.text.en,
            "message_zh": self.text.zh,
        }


def _rank(one: Finding) -> tuple[bool, bool, int]:
    damaged = one.seq is not None and one.part in ("tree", "entry")
    return (not damaged, one.seq is None, one.seq or 0)


def in_order(findings: list[Finding]) -> list[Finding]:
    """Damage first, for what else is wrong may follow from it; then the first bad entry first, once for each."""
    seen: set[int] = set()
    kept = []
    for one in sorted(findings, key=_rank):
        single = one.seq is not None and one.last in (None, one.seq) and one.part not in ("sealed", "erasure")
        if single and one.seq in seen:
            continue
        if single and one.seq is not None:
            seen.add(one.seq)
        kept.append(one)
    return kept
