"""What the notice of a round fixes, item by item, each with the article by which the notice may fix it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cultivar.cases import scoring_words
from cultivar.cases.citing import chip
from cultivar.cases.criteria_words import described
from cultivar.cases.public_queries import Round
from cultivar.ledger.clock import SHANGHAI
from cultivar.policy.model_procedure import ContentField
from cultivar.policy.text import Text
from cultivar.policy.words import UNITS
from cultivar.web.components import ArticleChip
from cultivar.web.formats import grouped, moment_year


@dataclass(frozen=True)
class Term:
    """One thing that the notice fixes: a sentence, or a table of two columns, or a text."""

    label: Text
    chip: ArticleChip
    words: Text | None = None
    rows: tuple[tuple[Text, Text], ...] = ()
    text: str = ""


def fixed(round_: Round) -> tuple[Term, ...]:
    """Everything that the published acts of a round say, in the order of the programme file."""
    terms: list[Term] = []
    told: set[str] = set()
    for act in round_.procedure.acts.values():
        if not act.publishes:
            continue
        for name, spec in act.content.items():
            if name in told:
                continue
            told.add(name)
            terms += _term(round_, name, spec, act.articles[0])
    return tuple(terms)


def _term(round_: Round, name: str, spec: ContentField, article: str) -> Iterator[Term]:
    settings = {setting.id: setting for setting in round_.programme.round}
    setting = settings.get(name)
    label = setting.text if setting else spec.text
    cited = chip(round_.programme, setting.article if setting else article)
    value = _value(round_, name, spec)
    if value in (None, "", [], {}):
        return
    if spec.type == "window":
        yield Term(label, cited, words=_window(round_))
    elif spec.type == "long-text":
        yield Term(label, cited, text=str(value))
    elif spec.type in _ROWS:
        yield Term(label, cited, rows=tuple(_ROWS[spec.type](round_, value)))
    elif spec.type == "choice":
        yield Term(label, cited, words=spec.choices[value].text)
    else:
        yield Term(label, cited, words=Text(str(value), str(value)))


def _value(round_: Round, name: str, spec: ContentField) -> Any:
    if spec.type == "window":
        return True
    return round_.notice.limits if spec.type == "limits" else round_.notice.values.get(name)


def _window(round_: Round) -> Text:
    opens = moment_year(round_.notice.opens_at.astimezone(SHANGHAI))
    closes = moment_year(round_.notice.closes_at.astimezone(SHANGHAI))
    return Text(f"{opens.zh} 至 {closes.zh}", f"{opens.en} to {closes.en}")


def _limits(round_: Round, limits: dict[str, int]) -> Iterator[tuple[Text, Text]]:
    for procedure in round_.programme.procedures.values():
        for name, act in procedure.acts.items():
            if name in limits and act.limit is not None and act.limit.set_by == "round":
                unit = UNITS[act.limit.unit]
                yield act.text, Text(f"{limits[name]} {unit.zh}", f"{limits[name]} {unit.en}")


def _criteria(_round: Round, criteria: list[dict[str, Any]]) -> Iterator[tuple[Text, Text]]:
    for one in criteria:
        yield Text(one["zh"], one["en"]), described(one)


def _scoring(round_: Round, rule: dict[str, Any]) -> Iterator[tuple[Text, Text]]:
    yield from scoring_words.rows(rule, round_.notice.values, round_.programme)


def _thresholds(round_: Round, thresholds: dict[str, str]) -> Iterator[tuple[Text, Text]]:
    for indicator in round_.programme.indicators:
        if indicator.id in thresholds:
            number = grouped(Decimal(thresholds[indicator.id]))
            zh, en = ("不低于", "at least") if indicator.better == "higher" else ("不高于", "at most")
            unit = indicator.unit
            yield indicator.text, Text(f"{zh} {number} {unit.zh}", f"{en} {number} {unit.en}")


def _names(_round: Round, names: list[str]) -> Iterator[tuple[Text, Text]]:
    for number, name in enumerate(names, 1):
        yield Text(str(number), str(number)), Text(name, name)


_ROWS: dict[str, Callable[[Round, Any], Iterator[tuple[Text, Text]]]] = {
    "limits": _limits,
    "criteria": _criteria,
    "scoring": _scoring,
    "thresholds": _thresholds,
    "names": _names,
}
