"""The SM3 root that some checkpoints carry beside the SHA-256 one, worked out anew from the leaves."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any

from cultivar.audit.findings import Finding
from cultivar.audit.verifying_checkpoints import Claim
from cultivar.ledger import sm
from cultivar.policy.text import Text

_OTHER = Text(
    "{what}给出的 SM3 根与 {size} 条记录算出的不同。",
    "{what} gives another SM3 root than the {size} entries do.",
)


class SecondWalk:
    """The tree with SM3, taken chunk by chunk as far as a claim reaches; nothing is done where there is none."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._claims = [claim for claim in claims if claim.second]
        self._wanted = sorted({claim.size for claim in self._claims})
        self._roots: dict[int, str] = {}
        self._size = 0
        self._edge: tuple[bytes, ...] = ()
        self._note()

    def take(self, rows: Sequence[Sequence[Any]]) -> None:
        """The next entries in order; a row begins with number and leaf."""
        leaves = [bytes(row[1]) for row in rows] if self._wanted else []
        while leaves and self._wanted:
            count = min(len(leaves), self._wanted[0] - self._size)
            self._size, self._edge = sm.extended(self._edge, self._size, leaves[:count])
            leaves = leaves[count:]
            self._note()

    def findings(self) -> Iterator[Finding]:
        """The claims that are not borne out; sizes beyond the ledger are for the first digest to tell."""
        for claim in self._claims:
            if self._roots.get(claim.size, claim.second) != claim.second:
                text = _OTHER.fill(what=claim.what, size=claim.size)
                yield Finding("checkpoint", text, size=claim.size)

    def _note(self) -> None:
        while self._wanted and self._wanted[0] == self._size:
            self._roots[self._wanted.pop(0)] = base64.b64encode(sm.root(self._edge)).decode()
