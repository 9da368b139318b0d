"""The roster of a case to read: the one that was submitted, or the register's own while the dossier is open."""

from dataclasses import dataclass
from datetime import datetime

from cultivar.appraisal.answers import readable
from cultivar.appraisal.roster import Firm, Roster
from cultivar.cases import rosters
from cultivar.cases.dossier import thaw
from cultivar.cases.dossier_view import shown_to
from cultivar.cases.models import Case
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry import industries
from cultivar.registry.actors import Actor
from cultivar.registry.regions import name_of
from cultivar.web.formats import grouped

MEASURES = ("revenue", "rd-expense", "employment")
NOT_KNOWN = "—"


@dataclass(frozen=True)
class FirmLine:
    """An enterprise on the page: its figures of the year reported, and the titles that are valid."""

    code: str
    name: str
    region: Text
    industry: Text
    figures: tuple[str, ...]  # as MEASURES
    titles: Text


def roster_read(row: Case, actor: Actor) -> tuple[Roster, datetime | None]:
    """The roster that an office reads, and when it was submitted; None while the dossier is open to it."""
    shown = shown_to(row, actor)
    if shown is not None and shown.version is not None:
        named = rosters.named_in(thaw(shown.version))
        if named:
            return rosters.thaw(named), shown.at
        return Roster((), rosters.reporting_year(row), clock.today()), shown.at
    if shown is None or row.subject is None:
        return Roster((), rosters.reporting_year(row), clock.today()), None
    return rosters.live(row.subject, rosters.reporting_year(row), clock.today()), None


def lines(roster: Roster, first: int, last: int) -> list[FirmLine]:
    """Some of the enterprises, in the order of their codes."""
    firms = sorted(roster.firms, key=lambda one: one.code)[first:last]
    return [_line(firm, roster) for firm in firms]


def _line(firm: Firm, roster: Roster) -> FirmLine:
    words, said = vocabulary(), firm.years.get(roster.year, {})
    figures = tuple(
        grouped(readable(words.measures[name].on_paper(said[name]))) if name in said else NOT_KNOWN
        for name in MEASURES
    )
    kinds = dict.fromkeys(one.kind for one in firm.held if one.valid(roster.on))
    titles = [words.qualifications[kind].name for kind in kinds if kind in words.qualifications]
    return FirmLine(
        firm.code,
        firm.name or firm.code,
        name_of(firm.region) or Text(firm.region, firm.region),
        industries.named(firm.industry),
        figures,
        Text("、".join(one.zh for one in titles), ", ".join(one.en for one in titles)),
    )
