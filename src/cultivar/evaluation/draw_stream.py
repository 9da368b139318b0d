"""Chance that everyone can work out again: SHA-256 over a written line, counted up from 1.

Block number ``n`` of a stream is the SHA-256 of the canonical JSON of its labels and ``n``, for example
``["cultivar-draw/1","<hash>","9319./","technical","batteries",1]``. Labels keep streams apart: two purposes never share
a block. The first eight hex digits of a block are a number below 2^32, so that a spreadsheet can follow
(``HEX2DEC``, ``MOD``). For a choice among ``m`` the number is refused where it is not below the greatest multiple of
``m`` within 2^32, and the next block is taken; what is left is divided evenly, so no choice is likelier than another.
"""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from cultivar.ledger.canonical import canonical

WORD = 2**32  # eight hex digits


class Block(NamedTuple):
    """One line of a stream: its counter, its hash in hex and the number in its first eight digits."""

    counter: int
    sha256: str
    number: int


class Stream:
    """The blocks of one purpose, in order."""

    def __init__(self, *labels: str) -> None:
        self._start = canonical(list(labels))[:-1] + b","
        self._counter = 0

    def line(self, counter: int) -> bytes:
        """What is hashed for a block."""
        return self._start + str(counter).encode("ascii") + b"]"

    def block(self) -> Block:
        """The next block."""
        self._counter += 1
        digest = hashlib.sha256(self.line(self._counter)).hexdigest()
        return Block(self._counter, digest, int(digest[:8], 16))

    def choose(self, among: int) -> Iterator[tuple[Block, int | None]]:
        """Blocks until one gives a choice from 0 to ``among`` - 1; a refused block comes with None."""
        while True:
            block = self.block()
            choice = within(block.number, among)
            yield block, choice
            if choice is not None:
                return

    def index(self, among: int) -> int:
        """A choice from 0 to ``among`` - 1."""
        return next(choice for _, choice in self.choose(among) if choice is not None)


def within(number: int, among: int) -> int | None:
    """The choice from 0 to ``among`` - 1 that a number below 2^32 gives, None where it must be refused."""
    if not 1 <= among <= WORD:
        raise ValueError(f"a choice among {among}")
    return number % among if number < WORD - WORD % among else None
