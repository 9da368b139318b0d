"""The report on the conditions of an application: the same for the applicant before submission and for the reviewer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from cultivar.appraisal.answers import Judged
from cultivar.appraisal.completeness import Item
from cultivar.cases.answered import Answered, answered
from cultivar.cases.appraising import appraisal_of, opinions_in
from cultivar.cases.citing import first_chip
from cultivar.cases.dossier import items, thaw
from cultivar.cases.dossier_view import Shown, shown_to
from cultivar.cases.models import Case, Membership
from cultivar.cases.presenting import is_outsider
from cultivar.cases.record import Folded
from cultivar.cases.rosters import reporting_year
from cultivar.cases.sight import record
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormSection
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.web.components import ArticleChip
from cultivar.web.formats import moment_year


@dataclass(frozen=True)
class Missing:
    """An entry of the dossier that is empty or wrong, by the article that asks for it, and where it is mended."""

    label: Text
    chip: ArticleChip | None
    problem: Text | None
    url: str


@dataclass(frozen=True)
class Report:
    """Everything that the page and the paper say."""

    title: Text
    about: Text
    basis: Text
    answered: Answered
    missing: tuple[Missing, ...]
    fill: str = ""  # where the dossier is filled in, while that is open to the reader


def missing(case: Case, programme: Programme, items: Sequence[Item]) -> tuple[Missing, ...]:
    """What keeps the dossier from being submitted, in the order of the form."""
    sections = {section.id: section for section in programme.form}
    return tuple(
        Missing(
            item.label,
            first_chip(programme, _articles(programme, item, sections)),
            item.problem,
            f"{reverse('dossier', args=[case.number, item.section])}#id_{item.field}",
        )
        for item in items
        if not item.complete
    )


def _articles(programme: Programme, item: Item, sections: Mapping[str, FormSection]) -> list[str]:
    condition = programme.condition.get(item.condition or "")
    return [condition.article] if condition else list(sections[item.section].articles)


def basis(year: int, firms: int, submitted: datetime | None) -> Text:
    """On what the answers rest."""
    roster = (
        Text("企业名单 {n} 家、{year} 年数据", "a roster of {n} enterprises with figures of {year}")
        if firms
        else Text("没有企业名单，只按申报书填报", "no roster, only what the dossier states")
    ).fill(n=firms, year=year)
    which = (
        Text("{at} 提交的申报书", "the dossier submitted on {at}").fill(at=moment_year(submitted))
        if submitted
        else Text("尚未提交的申报书", "a dossier that is not submitted yet")
    )
    return Text("依据：{which}；{roster}。", "Based on {which}; {roster}.").fill(which=which, roster=roster)


def report_on(row: Case, folded: Folded, actor: Actor) -> Report | None:
    """The report as an office may read it; None where no dossier of the case is in its sight.

    The applicant's is of the working copy while that is open, with what is still missing; everybody else's of the
    dossier submitted last.
    """
    shown = shown_to(row, actor)
    if shown is None:
        return None
    programme = folded.programme
    opinions = readable_opinions(folded, actor)
    year, firms = _roster_of(row, shown)
    return Report(
        Text("{name}：条件核对报告", "{name}: report on the conditions").fill(name=row.name),
        _about(row, programme),
        basis(year, firms, shown.at if shown.version else None),
        answered(
            programme, appraisal_of(row, shown.version, opinions), leads=_sees_leads(programme, shown, actor)
        ),
        missing(row, programme, items(row, programme)) if shown.version is None else (),
        reverse("dossier", args=[row.number, programme.form[0].id]) if shown.version is None else "",
    )


def readable_opinions(folded: Folded, actor: Actor) -> dict[str, Judged]:
    """What was judged last of each condition, in the acts that took effect and that this office may read."""
    effective = {done.seq for done in folded.state.acts}
    return opinions_in(folded, [done for done in record(folded, actor) if done.seq in effective])


def _sees_leads(programme: Programme, shown: Shown, actor: Actor) -> bool:
    """Offices that check see where figures differ; the applicant only in its own open draft, so as to mend it."""
    return shown.version is None or not is_outsider(programme, actor)


def _roster_of(row: Case, shown: Shown) -> tuple[int, int]:
    """The year reported and the number of enterprises on the roster that counts."""
    if shown.version is None:
        return reporting_year(row), Membership.objects.filter(subject=row.subject_id).count()
    named = thaw(shown.version).get("roster", {})
    return named.get("year", reporting_year(row)), named.get("firms", 0)


def _about(row: Case, programme: Programme) -> Text:
    parts = [Text(row.number, row.number), programme.short_title.text]
    parts += [row.round.name] if row.round else []
    parts += [row.applicant.name] if row.applicant else []
    return Text(" · ".join(one.zh for one in parts), " · ".join(one.en for one in parts))
