"""What a ranking says, in words: what told equals apart, which sheets were left out, who gave way to whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cultivar.cases.scoring_words import group
from cultivar.evaluation.quota import Displacement, GroupQuota
from cultivar.evaluation.ranking import Place, Ranking, person_of
from cultivar.evaluation.scores import DRAWN, TOTAL, Dropped
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.web.formats import grouped

CLOSE = (Decimal("0.1"), Decimal("0.9"))  # between these chances of the line it is too close to call

_BY_LOT = Text("与上一名同分，抽签在后", "equal to the one above, placed by lot")
_BY_CRITERION = Text(
    "与上一名同分，“{name}”{points} 分在后", "equal to the one above, placed by “{name}”: {points} points"
)
_TO_DRAW = Text("同分，待抽签", "equal, lots to be drawn")
_SHARED = Text("同分并列", "equal, rank shared")
_WHY = {
    "highest": Text("去掉最高分 {total}（{who}）", "highest left out: {total} ({who})"),
    "lowest": Text("去掉最低分 {total}（{who}）", "lowest left out: {total} ({who})"),
}
_GAVE_WAY = Text(
    "“{displaced}”第 {rank} 名，让位给“{heir}”（第 {other} 名）：{quota}。",
    "“{displaced}”, rank {rank}, gives way to “{heir}” (rank {other}): {quota}.",
)
_PASSED = Text("“{name}”第 {rank} 名，不能入列：{quota}。", "“{name}”, rank {rank}, has no place: {quota}.")
_LEFT_EMPTY = Text(
    "“{displaced}”第 {rank} 名，不能入列：{quota}；名额空出。",
    "“{displaced}”, rank {rank}, has no place: {quota}; the place stays empty.",
)
_MOST = Text("{group}至多 {most} 个", "{group}, at most {most}")
_LEAST = Text("{group}至少 {least} 个", "{group}, at least {least}")
_UNMET = Text(
    "{group}保留 {least} 个名额，够格的申报不够，用不完。",
    "{group} keeps {least} places; there are too few applications to fill them.",
)
_EMPTY = Text("名额空 {n} 个。", "Places that stay empty: {n}.")
_INCOMPLETE = Text(
    "{n} 个申报的评分表还没有交齐，名次会变。",
    "Panels with sheets still to come: {n}; the order will change.",
)
_CLOSE = Text("两可", "close")


@dataclass(frozen=True)
class People:
    """Who scored, by the key of the person: names, and numbers in the pool where they have one."""

    names: Mapping[str, str]
    numbers: Mapping[str, str]

    def of(self, key: str) -> str:
        """Name and number of somebody, by the key or as an entry calls them; the key where nothing is known."""
        key = person_of(key)
        name, number = self.names.get(key, key), self.numbers.get(key)
        return f"{name} {number}" if number else name


def decided(place: Place, ranking: Ranking, criteria: Mapping[str, Text]) -> Text | None:
    """What told a place from the one above, or that nothing did; None where the score alone did."""
    if place.tied:
        return _TO_DRAW if DRAWN in ranking.rule.ties else _SHARED
    if place.decided_by in ("", TOTAL):
        return None
    if place.decided_by == DRAWN:
        return _BY_LOT
    name = criteria.get(place.decided_by, Text(place.decided_by, place.decided_by))
    return _BY_CRITERION.fill(name=name, points=place.score.criteria[place.decided_by])


def left_out(dropped: Dropped, people: People) -> Text:
    """Which sheet does not count, and whose it is."""
    return _WHY[dropped.why].fill(total=points(dropped.sheet.total), who=people.of(dropped.sheet.expert))


def points(total: Decimal) -> str:
    """Points as given: without the zeros that a table adds."""
    return grouped(Decimal(f"{total.normalize():f}"))


def percent(chance: Decimal) -> str:
    """A chance in whole percent: with five hundred panels more would say too much."""
    return f"{(chance * 100).quantize(Decimal(1), ROUND_HALF_UP)}%"


def leads(place: Place) -> Iterator[tuple[Text, Text | None]]:
    """What a person should look at: a word, and a sentence. It decides nothing."""
    beside = place.beside
    if beside is None or beside.probability is None:
        return
    if beside.flag is not None:
        yield Text("建议复议", "re-examine"), beside.flag
    if CLOSE[0] < beside.probability < CLOSE[1]:
        yield _CLOSE, None


def remarks(ranking: Ranking, programme: Programme) -> Iterator[Text]:
    """What is to be said of the whole: why there is no line, panels that are not complete, places that stay empty."""
    if ranking.refusal is not None:
        yield ranking.refusal
    missing = sum(not one.complete for one in ranking.places)
    if missing:
        yield _INCOMPLETE.fill(n=missing)
    yield from dict.fromkeys(text for one in ranking.places for text in one.score.warnings)
    if ranking.selection is None:
        return
    for bound in ranking.selection.unmet:
        yield _UNMET.fill(group=group(bound.kind, bound.value, programme), least=bound.least)
    if ranking.quotas and ranking.selection.empty:
        yield _EMPTY.fill(n=ranking.selection.empty)


def displacements(ranking: Ranking, programme: Programme) -> Iterator[Text]:
    """Who gave way to whom by which quota, and who was passed over below that, each in order."""
    if ranking.selection is None:
        return
    logged = {one.displaced for one in ranking.selection.displacements}
    for one in ranking.selection.displacements:
        yield _displaced(one, ranking, programme)
    for number, quota in ranking.selection.stopped:
        if number not in logged:
            place = ranking.by_number[number]
            said = {"name": place.case.name, "rank": place.rank}
            yield _PASSED.fill(**said, quota=_bound(quota, place, programme))


def _displaced(one: Displacement, ranking: Ranking, programme: Programme) -> Text:
    place = ranking.by_number[one.displaced]
    said = {"displaced": place.case.name, "rank": place.rank, "quota": _bound(one.quota, place, programme)}
    if one.taken_by is None:
        return _LEFT_EMPTY.fill(**said)
    heir = ranking.by_number[one.taken_by]
    return _GAVE_WAY.fill(**said, heir=heir.case.name, other=heir.rank)


def _bound(quota: GroupQuota, displaced: Place, programme: Programme) -> Text:
    """The quota that stopped somebody: the bound of their own group, else what was kept for another."""
    name = group(quota.kind, quota.value, programme)
    own = (quota.kind, quota.value) in displaced.score.entry.groups.items()
    if own and quota.most is not None:
        return _MOST.fill(group=name, most=quota.most)
    return _LEAST.fill(group=name, least=quota.least)
