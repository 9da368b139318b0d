"""Who and what exists in the demonstration: regions, offices, people, enterprises and clusters, all but the
regions invented. Nobody has a password; one enters by a door (``roles``)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password

from cultivar.cases.models import Subject
from cultivar.demonstration import elsewhere, fiction, fiction_people, register
from cultivar.demonstration.fiction import ClusterFiction, OrganisationFiction
from cultivar.demonstration.fiction_people import ExpertFiction
from cultivar.policy.text import Text
from cultivar.registry import actors, regions
from cultivar.registry.actors import Actor
from cultivar.registry.models import Holding, Office, Organisation, Person, Region
from cultivar.registry.sorting import sort_key

SINCE = date(2025, 1, 1)
_NAMES = uuid.UUID("6f1c2b44-5a0e-5d7c-9b1e-2d3a4c5b6e7f")


@dataclass(frozen=True)
class Cast:
    """The actors by login, and what they act on by the key of the fiction."""

    seed: int
    by_login: dict[str, Actor]
    clusters: dict[str, Subject]

    def province(self, post: str) -> Actor:
        """Somebody of the provincial department."""
        return self.by_login[f"province-{post}"]

    def city(self, region: str, post: str = "handler") -> Actor:
        """Somebody of a city authority."""
        return self.by_login[f"city-{region}-{post}"]

    def applicant(self, cluster: ClusterFiction) -> Actor:
        """The contact of a cluster's promotion organisation."""
        return self.by_login[applicant_login(cluster)]

    def expert(self, one: ExpertFiction) -> Actor:
        """An expert."""
        return self.by_login[expert_login(one)]


def applicant_login(cluster: ClusterFiction) -> str:
    """The login of a cluster's contact."""
    return f"applicant-{cluster.key}"


def expert_login(expert: ExpertFiction) -> str:
    """The login of an expert."""
    return f"expert-{expert.key}"


def assemble(seed: int) -> Cast:
    """Fills the registry of an empty database."""
    regions.load()
    clusters = fiction.clusters(seed)
    organisations = [cluster.promoter for cluster in clusters]
    _keep_organisations(organisations, Organisation.Kind.PROMOTION_ORGANISATION)
    people = _hold_offices(seed, [*_officials(seed), *_applicants(seed), *_experts(seed), *_elsewhere()])
    kept = _keep_clusters(clusters)
    register.keep(seed, kept)
    return Cast(seed, people, kept)


def _keep_organisations(organisations: Iterable[OrganisationFiction], kind: Organisation.Kind) -> None:
    Organisation.objects.bulk_create(
        Organisation(
            code=one.code,
            name_zh=one.name.zh,
            name_en=one.name.en,
            kind=kind,
            region_id=one.region,
            sort_key=sort_key(one.name.zh),
        )
        for one in organisations
    )


def _keep_clusters(clusters: Iterable[ClusterFiction]) -> dict[str, Subject]:
    rows = {
        one.key: Subject(
            code=one.key.upper(),
            kind="cluster",
            name_zh=one.name.zh,
            name_en=one.name.en,
            field=one.field,
            organisation_id=one.promoter.code,
            region_id=one.lead,
            core_park=f"{one.park.zh}（虚构）",
        )
        for one in clusters
    }
    Subject.objects.bulk_create(rows.values())
    return rows


@dataclass(frozen=True)
class _Seat:
    """A person at a post of an office that is yet to be made."""

    login: str
    name: Text
    office: Office
    post: str = ""


def _hold_offices(seed: int, seats: list[_Seat]) -> dict[str, Actor]:
    Office.objects.bulk_create({seat.office.key: seat.office for seat in seats}.values())
    offices = {office.key: office for office in Office.objects.select_related("region", "organisation")}
    nobody_knows = make_password(None)
    people = [
        Person(login=seat.login, name=seat.name.zh, key=_key(seed, seat.login), password=nobody_knows)
        for seat in seats
    ]
    Person.objects.bulk_create(people)
    holdings = [
        Holding(person=person, office=offices[seat.office.key], post=seat.post, from_on=SINCE)
        for person, seat in zip(people, seats, strict=True)
    ]
    Holding.objects.bulk_create(holdings)
    return {holding.person.login: actors.actor(holding.person, holding) for holding in holdings}


def _key(seed: int, login: str) -> str:
    return str(uuid.uuid5(_NAMES, f"{seed}/{login}"))


def _officials(seed: int) -> list[_Seat]:
    names = {region.code: region for region in Region.objects.all()}
    return [
        _Seat(
            one.login,
            one.name,
            _official_office(one.office, one.body, one.region, names[one.region]),
            one.post,
        )
        for one in fiction_people.officials(seed)
    ]


def _official_office(key: str, body: str, region_code: str, region: Region) -> Office:
    full, short = {
        "city": (
            Text("{region}工业和信息化主管部门", "Industry authority of {region}").fill(region=region.name),
            Text("{region}主管部门", "{region}").fill(region=region.short),
        ),
        "province": (
            Text("{region}工业和信息化厅", "{region} Department of Industry and Information Technology").fill(
                region=region.name
            ),
            Text("省工信厅", "Province"),
        ),
        "auditor": (
            Text("审计与纪检监察（演示）", "Audit and discipline (demonstration)"),
            Text("审计", "Audit"),
        ),
        "policy": (Text("政策文件管理（演示）", "Policy files (demonstration)"), Text("政策", "Policy")),
    }[body]
    return _office(key, body, full, short, region=region_code)


def _office(
    key: str, body: str, full: Text, short: Text, region: str | None = None, organisation: str | None = None
) -> Office:
    return Office(
        key=key,
        body=body,
        name_zh=full.zh,
        name_en=full.en,
        short_zh=short.zh,
        short_en=short.en,
        region_id=region,
        organisation_id=organisation,
    )


def _applicants(seed: int) -> list[_Seat]:
    return [
        _Seat(
            applicant_login(one),
            one.contact,
            _office(
                f"applicant-{one.key}",
                "applicant",
                one.promoter.name,
                one.promoter.name,
                one.lead,
                one.promoter.code,
            ),
        )
        for one in fiction.clusters(seed)
    ]


def _experts(seed: int) -> list[_Seat]:
    pool = Text("评审专家库（演示）", "Expert pool (demonstration)")
    office = _office("experts", "expert", pool, Text("专家", "Experts"), region="520000")
    return [_Seat(expert_login(one), one.name, office) for one in fiction_people.experts(seed)]


def _elsewhere() -> list[_Seat]:
    """Everybody of the other programmes."""
    return [_Seat(one.login, one.name, one.office, one.post) for one in elsewhere.people().values()]
