"""The regions' data and its loading."""

import pytest

from cultivar.registry import queries, regions
from cultivar.registry.models import Region


def test_codes_places_and_counts() -> None:
    rows = regions.read()
    assert len({row.code for row in rows}) == len(rows)
    parts = [row for row in rows if row.parent_id]
    counts = {code: sum(row.parent_id == code for row in parts) for code in ("520000", "140000", "440000")}
    assert counts == {"520000": 10, "140000": 11, "440000": 21}
    assert all(row.code[:2] == row.parent_id[:2] for row in parts)
    shown = [row for row in parts if row.kind != Region.Kind.COUNTY]
    assert len({(row.parent_id, row.tile_column, row.tile_row) for row in shown}) == len(shown)
    assert all(row.tile_column and row.tile_row for row in shown)


def test_counties_lie_in_their_prefecture_and_are_as_many_as_the_ministry_counts() -> None:
    """Guizhou 88, Shanxi 117, Guangdong 122 (Ministry of Civil Affairs, 2023)."""
    counties = [row for row in regions.read() if row.kind == Region.Kind.COUNTY]
    assert all(row.code[:4] == row.parent_id[:4] and row.code[4:] != "00" for row in counties)
    counts = {province: sum(row.code[:2] == province for row in counties) for province in ("52", "14", "44")}
    assert counts == {"52": 88, "14": 117, "44": 122}
    assert all(row.name_zh[-1] in "县区市" for row in counties)
    assert all(row.name_en.isascii() or "ü" in row.name_en for row in counties)


def test_a_countys_code_is_no_partner_region_of_a_province() -> None:
    assert "520302" not in regions.parts_of("520000")
    assert "520302" not in regions.parts_of("100000")
    assert "520300" in regions.parts_of("100000")


def test_only_custom_units_have_letters_in_their_code() -> None:
    for row in regions.read():
        assert (row.kind == Region.Kind.CUSTOM) == (not row.code.isdecimal())


@pytest.mark.django_db
def test_loading_twice_repairs_and_adds_nothing() -> None:
    count = regions.load()
    before = list(Region.objects.values())
    Region.objects.filter(code="520300").update(name_zh="错", tile_row=9)
    assert regions.load() == count == Region.objects.count()
    assert list(Region.objects.values()) == before


@pytest.mark.django_db
def test_the_map_of_guizhou_stands_row_by_row(django_assert_num_queries) -> None:
    regions.load()
    with django_assert_num_queries(1):
        tiles = queries.tiles("520000")
    assert [tile.short_zh for tile in tiles] == [
        *("毕节市", "遵义市", "铜仁市", "六盘水市", "贵安新区"),
        *("贵阳市", "黔东南州", "黔西南州", "安顺市", "黔南州"),
    ]
    assert tiles[4].kind == "custom"
    assert tiles[4].short == ("贵安新区", "Gui'an New Area")
