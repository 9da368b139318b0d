"""Lots that anyone can draw again: a stream of bytes that follows from a seed and a purpose by SHA-256.

key = SHA-256(SHA-256(seed) + purpose in UTF-8); the stream is SHA-256(key + 0) + SHA-256(key + 1) + ..., the counter
written in eight bytes, highest first. Every number is cut from it in order, so a draw can be repeated by hand, or by
another program, from seed and purpose alone. Two purposes of one seed give streams that have nothing to do with each
other.
"""

from collections.abc import Iterable
from fractions import Fraction
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")

BLOCK = 32  # bytes of one SHA-256


class Stream:
    """Bytes, numbers and orders that follow from ``seed`` for ``purpose``; each call goes on where the last ended."""

    def __init__(self, seed: bytes, purpose: str) -> None:
        self._key = sha256(sha256(seed).digest() + purpose.encode("utf-8")).digest()
        self._counter = 0
        self._left = b""

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes. ``ValueError`` below nought."""
        if count < 0:
            raise ValueError("a number of bytes cannot be negative")
        blocks = max(0, -((len(self._left) - count) // BLOCK))
        first, self._counter = self._counter, self._counter + blocks
        more = (sha256(self._key + n.to_bytes(8, "big")).digest() for n in range(first, self._counter))
        have = self._left + b"".join(more)
        self._left = have[count:]
        return have[:count]

    def below(self, bound: int) -> int:
        """A whole number from 0 to ``bound`` - 1, each exactly as likely; ``ValueError`` where there is none.

        As many bits as ``bound`` - 1 has, from the fewest whole bytes (the lowest bits of them); what is not below
        ``bound`` is thrown away and cut anew, so that no number is favoured.
        """
        if bound < 1:
            raise ValueError("there is no whole number below the bound")
        bits = (bound - 1).bit_length()
        size, mask = -(-bits // 8), (1 << bits) - 1
        while True:
            number = int.from_bytes(self.take(size), "big") & mask
            if number < bound:
                return number

    def uniform(self) -> Fraction:
        """A number from 0 up to, and without, 1: the lowest 53 bits of seven bytes over 2^53, exact."""
        return Fraction(int.from_bytes(self.take(7), "big") & ((1 << 53) - 1), 1 << 53)

    def shuffled(self, things: Iterable[T]) -> list[T]:
        """All of ``things`` in an order of which each is as likely (Fisher and Yates, from the last place down)."""
        order = list(things)
        for place in range(len(order) - 1, 0, -1):
            other = self.below(place + 1)
            order[place], order[other] = order[other], order[place]
        return order
