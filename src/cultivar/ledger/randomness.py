"""Where salts come from: the operating system, unless a demonstration must repeat itself byte for byte."""

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_source: ContextVar[Callable[[int], bytes]] = ContextVar("source of salts", default=secrets.token_bytes)


def token(length: int) -> bytes:
    """``length`` fresh bytes."""
    return _source.get()(length)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside the block equal seeds give equal bytes. For fictional data only: such salts hide nothing."""
    dice = random.Random(seed)  # noqa: S311 - fiction should repeat
    previous = _source.set(dice.randbytes)
    try:
        yield
    finally:
        _source.reset(previous)
