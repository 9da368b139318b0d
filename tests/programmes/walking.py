"""Walks a matter through the one door: whoever the file names does the next act and says something that fits.

Every act comes three days after the one before, so that the next day, where an act names one, has passed by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.world import actor, cluster, do, fill, key

from cultivar.cases.dossier import save_field
from cultivar.cases.models import Case, TitleChange
from cultivar.cases.opening import (
    NewSubject,
    open_application,
    open_on_case,
    open_on_subject,
    open_on_title,
    open_round,
    opening_act,
)
from cultivar.cases.perform import Receipt
from cultivar.cases.programmes import catalogue
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.policy.text import Text
from cultivar.registry.actors import PUBLIC, Actor
from cultivar.registry.models import Holding, Office, Person

START = date(2026, 3, 2)
PERSON = "judge"
TIERS = ["第一层级", "第二层级"]
CRITERIA = [{"id": "all", "zh": "全部", "en": "All", "points": 100}]


@dataclass
class Walk:
    """A programme under way, with an applicant whose home is the region ``lead``."""

    programme: Programme
    lead: str
    choices: dict[str, str] = field(default_factory=dict)
    days: int = 0
    names: int = 1  # how many days ahead lies a future day that an act names

    @classmethod
    def of(cls, key_: str, lead: str, **choices: str) -> "Walk":
        """The programme of this key."""
        return cls(catalogue()[key_].programme, lead, choices)

    def tick(self) -> datetime:
        """Three days later."""
        self.days += 3
        day = START + timedelta(days=self.days)
        return datetime.fromisoformat(f"{day}T10:00:00+08:00")

    def who(self, part: str, post: str, region: str = "") -> Actor:
        """Somebody who takes this part in this matter."""
        body = self.programme.bodies[part]
        if body.scope == "published matters":
            return PUBLIC
        if body.scope == "own cases":
            return actor(part, organisation=cluster(self.lead).organisation_id)
        if body.scope == "assigned cases":
            return actor(part, person=PERSON)
        return actor(
            part, post, self.programme.region if body.scope == "whole region" else region or self.lead
        )

    def on(self, number: str, *acts: str) -> Case:
        """These acts, one after the other."""
        for name in acts:
            case = Case.objects.get(number=number)
            act = self.programme.procedures[case.procedure].acts[name]
            region = case.lead_region_id or ""
            first = self.who(act.body, act.post, region)
            with clock.at(self.tick()):
                content = {one: self.said(one, spec) for one, spec in act.content.items()}
                content = {one: value for one, value in content.items() if value is not None}
                if name == "submit":
                    self._fill(case)
                if act.four_eyes:
                    do(number, name, first, content, step="propose")
                    do(number, name, self._second(act, region), step="confirm")
                else:
                    do(number, name, first, content)
        return Case.objects.get(number=number)

    def _fill(self, case: Case) -> None:
        """A whole dossier."""
        fill(case)
        for spec in self.programme.form_fields.values():
            if spec.type == "choice":
                save_field(case, spec.id, next(iter(spec.choices)))

    def _second(self, act: Act, region: str) -> Actor:
        part, post = act.agreeing
        who = self.who(part, post, region)
        return actor(who.body, who.post, who.region, who.organisation, person=f"{who.person_key}-second")

    def said(self, name: str, spec: ContentField) -> Any:
        """Something valid, or None where the house fills it in or nothing need be said."""
        if spec.type == "choice":
            return self.choices.get(name, next(iter(spec.choices)))
        if spec.type == "date":
            return (clock.today() + timedelta(days=self.names if spec.when == "future" else 0)).isoformat()
        if spec.type == "experts":
            return [judge(body) for body in sorted(self.programme.judging_bodies)]
        opinion = {"opinion": "meets"}
        return {
            "text": "说明",
            "long-text": "说明（虚构）",
            "whole": spec.least or 1,
            "undertaking": True,
            "window": {"opens_at": "2026-03-01T09:00+08:00", "closes_at": "2026-12-01T18:00+08:00"},
            "criteria": CRITERIA,
            "names": TIERS,
            "named": TIERS[0],
            "people": ["甲某"],
            "score-sheet": {"all": "80"},
            "seated-experts": [PERSON],
            "barred-experts": [],
            "per-condition": {one.id: opinion for one in self.programme.conditions},
        }.get(spec.type)

    def content(self, act: Act) -> dict[str, Any]:
        """What a first act says."""
        said = {one: self.said(one, spec) for one, spec in act.content.items()}
        return {one: value for one, value in said.items() if value is not None}

    def apply(self, *acts: str) -> Case:
        """An application in an announced round, taken through these acts."""
        (name,) = [one for one, spec in self.programme.procedures.items() if spec.about == "application"]
        round_ = self._announced()
        with clock.at(self.tick()):
            who = self.who("applicant", "")
            receipt = open_application(round_, name, self._subject(), who, key=key())
        return self.on(receipt.case, *acts)

    def _subject(self) -> NewSubject:
        fields = self.programme.fields
        return NewSubject(
            Text("测试对象（虚构）", "Test subject (fictional)"), fields[0].id if fields else ""
        )

    def _announced(self) -> Case:
        first = self.programme.procedures["round"].acts["prepare"]
        with clock.at(self.tick()):
            who = self.who(first.body, first.post)
            receipt = open_round(self.programme.key, "round", who, self.content(first), key=key())
        return self.on(receipt.case, "announce")

    def begin(self, procedure: str, *acts: str) -> Case:
        """A matter about a new subject."""
        return self._opened(procedure, None, acts)

    def hang(self, parent: Case, procedure: str, *acts: str) -> Case:
        """A matter that hangs on another case."""
        return self._opened(procedure, parent, acts)

    def about(self, granted: Case, procedure: str, *acts: str) -> Case:
        """A matter about the title that a case granted."""
        return self._opened(procedure, granted, acts)

    def _opened(self, procedure: str, on: Case | None, acts: Sequence[str]) -> Case:
        spec = self.programme.procedures[procedure]
        act = spec.acts[opening_act(spec)]
        region = on.lead_region_id or "" if on else ""
        who = self.who(act.body, act.post, region)
        with clock.at(self.tick()):
            receipt = self._first(procedure, on, who, self.content(act))
            if act.four_eyes:
                do(receipt.case, opening_act(spec), self._second(act, region), step="confirm")
        return self.on(receipt.case, *acts)

    def _first(self, procedure: str, on: Case | None, who: Actor, content: dict[str, Any]) -> Receipt:
        about = self.programme.procedures[procedure].about
        if about == "subject" or on is None:
            return open_on_subject(self.programme.key, procedure, self._subject(), who, content, key=key())
        if about == "case":
            return open_on_case(on, procedure, who, content, key=key())
        grant = TitleChange.objects.get(case=on, kind=TitleChange.Kind.GRANT)
        return open_on_title(grant, procedure, who, content, key=key())


def judge(body: str) -> str:
    """The one person to whom cases are assigned, in an office of this body."""
    words = {"name_zh": body, "name_en": body, "short_zh": body, "short_en": body}
    office, _ = Office.objects.get_or_create(key=f"{body}-all", defaults={"body": body, **words})
    person, _ = Person.objects.get_or_create(key=PERSON, defaults={"login": PERSON, "name": "受派人（虚构）"})
    Holding.objects.get_or_create(person=person, office=office, post="", from_on="2020-01-01")
    return PERSON
