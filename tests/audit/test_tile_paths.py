"""The one way to write the place of a tile, held against a writer that knows nothing of the reader."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from cultivar.audit.tile_paths import Place, parse

LEVELS = st.none() | st.integers(0, 63)
INDEXES = st.integers(0, 2**63) | st.integers(0, 2000)
WIDTHS = st.integers(1, 256)


def written(level: int | None, index: int, width: int) -> str:
    """As the specification says it: three digits an element, an x before all but the last."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join(
        ["entries" if level is None else str(level), *(f"x{one}" for one in groups[:-1]), groups[-1]]
    )
    return path if width == 256 else f"{path}.p/{width}"


@given(LEVELS, INDEXES, WIDTHS)
@example(0, 1234067, 256)
def test_what_is_written_reads_back_and_is_the_one_way(level, index, width):
    place = Place(level, index, width)
    assert place.path == written(level, index, width)
    assert parse(place.path) == place


def test_the_example_of_the_specification():
    assert parse("0/x001/x234/067") == Place(0, 1234067)
    assert parse("entries/x001/x234/067.p/9") == Place(None, 1234067, 9)


@given(LEVELS, INDEXES, WIDTHS, st.data())
def test_one_sign_altered_is_another_place_or_none(level, index, width, data):
    path = written(level, index, width)
    at = data.draw(st.integers(0, len(path)))
    sign = data.draw(st.sampled_from("0123456789x/.p entris-+\n٣\x00"))
    altered = path[:at] + sign + path[at + data.draw(st.integers(0, 1)) :]
    read = parse(altered)
    assert read is None or written(read.level, read.index, read.width) == altered


@given(st.from_regex(r"(entries|[0-9]{1,3})(/x?[0-9]{1,4}){1,4}(\.p/[0-9]{1,4})?", fullmatch=True))
def test_whatever_looks_like_a_place_is_one_only_when_written_so(path):
    read = parse(path)
    level, rest = path.split("/", 1)
    place, _, width = rest.partition(".p/")
    groups = place.split("/")
    sound = (
        (level == "entries" or (level == str(int(level)) and int(level) <= 63))
        and all(re.fullmatch("x[0-9]{3}", one) for one in groups[:-1])
        and re.fullmatch("[0-9]{3}", groups[-1])
        and (len(groups) == 1 or groups[0] != "x000")
        and (".p/" not in path or (width == str(int(width)) and 1 <= int(width) <= 255))
    )
    assert (read is not None) == bool(sound)


def test_what_is_none():
    for path in (
        *(
            "",
            "0",
            "0/",
            "0/0",
            "0/00",
            "0/0000",
            "64/000",
            "00/000",
            "-1/000",
            "0/x000/000",
            "0/x001",
            "0/001/000",
        ),
        *(
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p/",
            "0/000.p",
            "0/000/",
            "/0/000",
            "0/000\n",
            "0/٠٠٠",
        ),
        *(
            "entries/",
            "Entries/000",
            "entries/x1/000",
            "x/000",
            "0/x001/x000/x000",
            "0/" + "x001/" * 40 + "000",
        ),
    ):
        assert parse(path) is None, path
