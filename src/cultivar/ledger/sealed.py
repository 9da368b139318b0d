"""Whether the personal values beside the ledger are the ones to which its leaves commit."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from cultivar.ledger.append import commitment
from cultivar.ledger.models import Sealed
from cultivar.policy.text import Text

_DIGITS = 64  # of a SHA-256 in hex


def problems(
    content: Mapping[str, Any], rows: Iterable[Sealed], erased: Collection[str] = ()
) -> Iterator[Text]:
    """What is wrong between the content of one leaf and the sealed values of its entry.

    Every commitment has its value, every value its commitment, and the two agree; what was ``erased`` is gone.
    """
    committed = {name: said["commitment"] for name, said in content.items() if is_commitment(said)}
    kept = {row.field: commitment(bytes(row.salt), bytes(row.value)) for row in rows}
    for name in sorted({*committed, *kept}):
        if name in erased:
            if name in kept or name not in committed:
                yield Text(f"“{name}”应已删除。", f"“{name}” should have been erased.")
        elif name not in kept:
            yield Text(f"“{name}”的个人信息不见了。", f"the personal value of “{name}” is missing.")
        elif name not in committed:
            yield Text(f"“{name}”在账本里没有承诺值。", f"the ledger has no commitment to “{name}”.")
        elif kept[name] != committed[name]:
            yield Text(
                f"“{name}”的个人信息与账本的承诺值不符。",
                f"the personal value of “{name}” differs from the ledger's commitment.",
            )


def is_commitment(said: Any) -> bool:
    """Whether this stands in the place of a personal value."""
    return (
        isinstance(said, Mapping)
        and set(said) == {"commitment"}
        and isinstance(said["commitment"], str)
        and len(said["commitment"]) == _DIGITS
    )
