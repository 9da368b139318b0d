"""A small world for tests: real regions, a few offices, and a walk of cases through the one door."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from cultivar.cases.dossier import save_field
from cultivar.cases.models import Case, Evidence, Subject
from cultivar.cases.opening import open_application, open_round
from cultivar.cases.perform import Receipt, perform
from cultivar.cases.programmes import catalogue, pinned
from cultivar.ledger import clock
from cultivar.policy.model_form import FormField
from cultivar.policy.text import Text
from cultivar.registry import credit_code, regions
from cultivar.registry.actors import Actor
from cultivar.registry.models import Organisation, Region

GUIZHOU = "guizhou-clusters/2025-trial"
ZUNYI, BIJIE, GUIYANG, QIANXINAN = "520300", "520500", "520100", "522300"


def key() -> str:
    """A fresh idempotency key, also of other processes on the same data."""
    return f"test-{uuid.uuid4().hex}"


def actor(body: str, post: str = "", region: str = "", organisation: str = "", person: str = "") -> Actor:
    """Somebody of a body; the person is named after office and post unless told."""
    office = f"{body}-{region or organisation or 'all'}"
    return Actor(
        person or f"{office}-{post or 'any'}",
        "某人",
        office,
        Text(office, office),
        body,
        post,
        region,
        organisation,
    )


def province(post: str) -> Actor:
    """Somebody of the provincial department."""
    return actor("province", post, region="520000")


def city(region: str, post: str = "handler") -> Actor:
    """Somebody of a city authority."""
    return actor("city", post, region=region)


def expert(name: str) -> Actor:
    """An expert."""
    return actor("expert", person=name)


@contextmanager
def at(day: str, hour: int = 9) -> Iterator[None]:
    """The clock stands at an hour of a day."""
    with clock.at(datetime.fromisoformat(f"{day}T{hour:02d}:00:00+08:00")):
        yield


CRITERIA = [
    {"id": "strength", "zh": "综合实力", "en": "Strength", "points": 60},
    {"id": "innovation", "zh": "创新", "en": "Innovation", "points": 40},
]


def announce(
    opens: str = "2026-03-02T09:00+08:00", closes: str = "2026-05-15T18:00+08:00", **more: Any
) -> Case:
    """An announced round."""
    handler, publisher = province("handler"), province("publisher")
    receipt = open_round(
        GUIZHOU, "round", handler, {"name-zh": "2026年第一批", "name-en": "First round of 2026"}, key=key()
    )
    content = {
        "document-number": "黔工信集群〔2026〕1号",
        "window": {"opens_at": opens, "closes_at": closes},
        "limits": {"accept": 5, "review": 10, "recommend": 20, "resubmit": 5, "score": 5, "verify": 5},
        "returns": 2,
        "criteria": CRITERIA,
        **more,
    }
    perform(receipt.case, "announce", handler, content, key=key())
    perform(receipt.case, "announce", publisher, key=key())
    return Case.objects.get(number=receipt.case)


def cluster(region: str = ZUNYI, number: int = 1) -> Subject:
    """A cluster with its promotion organisation."""
    if not Region.objects.exists():
        regions.load()
    code = credit_code.make("52", region, f"{number:08d}")
    organisation, _ = Organisation.objects.get_or_create(
        code=code,
        defaults={
            "name_zh": f"测试集群促进中心{number}（虚构）",
            "name_en": f"Test cluster promotion centre {number} (fictional)",
            "kind": Organisation.Kind.PROMOTION_ORGANISATION,
            "region_id": region,
            "sort_key": f"ceshi {number}",
        },
    )
    made, _ = Subject.objects.get_or_create(
        code=f"C{number:04d}",
        defaults={
            "kind": "cluster",
            "name_zh": f"测试集群{number}",
            "name_en": f"Test cluster {number}",
            "field": "sauce-liquor",
            "organisation": organisation,
            "region_id": region,
            "core_park": "测试园区（虚构）",
        },
    )
    return made


def applicant(of: Subject) -> Actor:
    """Somebody of the promotion organisation."""
    return actor("applicant", organisation=of.organisation_id)


def fill(case: Case, partners: list[str] | None = None) -> None:
    """Fills the whole dossier with valid values."""
    programme = pinned(case.digest)
    for spec in programme.form_fields.values():
        if spec.fixed or spec.derived:
            continue
        if spec.type == "table":
            save_field(case, spec.id, rows(spec))
        elif spec.type == "evidence":
            Evidence.objects.get_or_create(
                case=case,
                slot=spec.id,
                sha256="0" * 64,
                defaults={"name": "证明.pdf", "kind": "pdf", "size": 1, "person": "x", "at": clock.now()},
            )
        elif spec.type == "partner-regions":
            save_field(case, spec.id, partners or [])
        elif spec.type in ("text", "long-text"):
            save_field(case, spec.id, "说明（虚构）")
        else:
            save_field(case, spec.id, "1")


def rows(spec: FormField, number: int = 1) -> list[dict[str, str]]:
    """Valid rows of a table; the first choice of each column of choices."""
    said = {"text": "某项（虚构）", "date": "2026-01-31", "yes-no": "yes"}
    return [
        {
            column.id: next(iter(column.choices), said.get(column.type, "1"))
            + (str(n) if column.type == "text" and n else "")
            for column in spec.columns
        }
        for n in range(number)
    ]


CONDITIONS = ("strength", "ecosystem", "innovation", "digital", "green", "resources", "clean-record")
OPINIONS = {name: {"opinion": "meets"} for name in CONDITIONS} | {
    "green": {"opinion": "unclear", "remark": "待核"}
}


def application(round_: Case, of: Subject, partners: list[str] | None = None) -> Case:
    """A complete draft."""
    receipt = open_application(round_, "recognition", of, applicant(of), key=key())
    case = Case.objects.get(number=receipt.case)
    fill(case, partners)
    return case


def pool(*names: str) -> None:
    """Experts of the pool whose keys are these names."""
    from cultivar.registry.models import Holding, Office, Person

    words = {"name_zh": "专家库", "name_en": "Pool", "short_zh": "专家", "short_en": "Experts"}
    office, _ = Office.objects.get_or_create(key="expert-all", defaults={"body": "expert", **words})
    for name in names:
        person, _ = Person.objects.get_or_create(
            key=name, defaults={"login": name, "name": f"专家{name}（虚构）"}
        )
        Holding.objects.get_or_create(person=person, office=office, post="", from_on="2020-01-01")


def do(case: Case | str, act: str, who: Actor, content: dict[str, Any] | None = None, **more: Any) -> Receipt:
    """One act; experts who are named are of the pool."""
    if act == "assign" and content:
        pool(*content["experts"])
    number = case if isinstance(case, str) else case.number
    return perform(number, act, who, content or {}, key=key(), **more)


def twice(
    case: Case | str, act: str, first: Actor, second: Actor, content: dict[str, Any] | None = None
) -> Receipt:
    """An act under four eyes."""
    do(case, act, first, content, step="propose")
    return do(case, act, second, step="confirm")


SUBMISSION = {"undertaking": True}
VISIT = {"date": "2026-04-15", "place": "园区（虚构）", "visitors": ["甲某", "乙某"], "findings": OPINIONS}


def defence() -> dict[str, Any]:
    """The defence was held today."""
    return {"date": clock.today().isoformat(), "attendees": ["丙某"]}


def to_city_review(case: Case, of: Subject) -> None:
    """Submitted and accepted."""
    do(case, "submit", applicant(of), SUBMISSION)
    do(case, "accept", city(of.region_id))


def to_recommended(case: Case, of: Subject, partners: list[str] | None = None) -> None:
    """Reviewed, visited, concurred and recommended."""
    lead = city(of.region_id)
    do(case, "review", lead, {"opinions": OPINIONS, "conclusion": "符合"})
    do(case, "visit", lead, VISIT)
    for region in partners or []:
        do(case, "concur", city(region), {"opinion": "同意"})
    letter = {"letter": "遵工信函〔2026〕3号", "reasons": "理由充分（虚构）。"}
    twice(case, "recommend", lead, city(of.region_id, "reviewer"), letter)


def to_listed(case: Case, experts: tuple[str, ...] = ("e1", "e2", "e3")) -> None:
    """Admitted, judged and listed."""
    handler, reviewer = province("handler"), province("reviewer")
    do(case, "admit", handler)
    do(case, "assign", handler, {"experts": list(experts)})
    do(case, "schedule-defence", handler, {"time": "2026-05-20T09:00+08:00", "place": "贵阳（虚构会场）"})
    do(case, "record-defence", handler, defence())
    for number, name in enumerate(experts):
        scores = {"strength": str(50 + number), "innovation": "30.5"}
        do(case, "score", expert(name), {"scores": scores, "comment": "可以（虚构）"})
    do(case, "close-panel", handler)
    twice(case, "list", handler, reviewer, {"assessment": "建议列入（虚构）"})


def to_notice(case: Case) -> None:
    """Approved by the meeting and published."""
    decision = {"date": clock.today().isoformat(), "minutes": "厅务会纪要〔2026〕5号", "decision": "approved"}
    do(case, "meeting-decision", province("secretary"), decision)
    do(case, "publish", province("publisher"), {"notice": "黔工信公示〔2026〕2号"})


def known_programmes() -> list[str]:
    """Keys of all programme files."""
    return sorted(catalogue())


def days_after(day: str, n: int) -> str:
    """ISO day n days later."""
    return (datetime.fromisoformat(day) + timedelta(days=n)).date().isoformat()


def signed_in(client: Any, who: Actor) -> Any:
    """The client, signed in as this actor, with the office it holds."""
    from cultivar.registry.models import Holding, Office, Person

    person, _ = Person.objects.get_or_create(
        key=who.person_key, defaults={"login": who.person_key, "name": who.person_name}
    )
    office, _ = Office.objects.get_or_create(
        key=who.office_key,
        defaults={
            "body": who.body,
            "name_zh": who.office_name.zh,
            "name_en": who.office_name.en,
            "short_zh": who.office_name.zh,
            "short_en": who.office_name.en,
            "region_id": who.region or None,
            "organisation_id": who.organisation or None,
        },
    )
    Holding.objects.get_or_create(person=person, office=office, post=who.post, from_on="2020-01-01")
    client.force_login(person)
    return client
