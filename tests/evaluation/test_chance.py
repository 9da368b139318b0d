"""Lots follow from the seed and the purpose, and from nothing else."""

from collections import Counter
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cultivar.evaluation.chance import Stream


def test_the_bytes_are_those_that_the_module_describes() -> None:
    key = sha256(sha256(b"seed").digest() + "席位".encode()).digest()
    blocks = b"".join(sha256(key + bytes(7) + bytes([n])).digest() for n in range(4))
    assert Stream(b"seed", "席位").take(100) == blocks[:100]


@given(st.lists(st.integers(0, 90), max_size=8))
def test_the_stream_is_the_same_however_it_is_cut(sizes: list[int]) -> None:
    cut, whole = Stream(b"1", "a"), Stream(b"1", "a")
    assert b"".join(cut.take(size) for size in sizes) == whole.take(sum(sizes))
    assert cut.take(5) == whole.take(5)


def test_another_seed_or_purpose_is_another_stream() -> None:
    streams = [("1", "a"), ("2", "a"), ("1", "b"), ("1a", "")]
    assert len({Stream(seed.encode(), purpose).take(16) for seed, purpose in streams}) == len(streams)


@pytest.mark.parametrize("bound", [1, 2, 3, 255, 256, 257, 2**64 + 1])
def test_numbers_stay_below_their_bound(bound: int) -> None:
    stream = Stream(b"x", str(bound))
    assert all(0 <= stream.below(bound) < bound for _ in range(200))


def test_no_number_is_favoured() -> None:
    stream = Stream(b"x", "dice")
    counts = Counter(stream.below(5) for _ in range(10_000))
    assert sorted(counts) == [0, 1, 2, 3, 4]
    assert all(abs(count - 2000) < 200 for count in counts.values())  # five standard deviations


def test_every_order_comes_as_often() -> None:
    stream = Stream(b"x", "orders")
    counts = Counter(tuple(stream.shuffled("abc")) for _ in range(6000))
    assert len(counts) == 6
    assert all(abs(count - 1000) < 150 for count in counts.values())


def test_a_uniform_number_is_an_exact_fraction() -> None:
    stream, again = Stream(b"x", "u"), Stream(b"x", "u")
    number = stream.uniform()
    assert number == Fraction(int.from_bytes(again.take(7), "big") % 2**53, 2**53)
    assert 0 <= number < 1


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no whole number"):
        Stream(b"x", "y").below(0)
    with pytest.raises(ValueError, match="negative"):
        Stream(b"x", "y").take(-1)
