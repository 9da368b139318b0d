"""Who acts: a person at a post of an office, as a value that the rules can be asked about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cultivar.policy.text import Text

if TYPE_CHECKING:
    from cultivar.registry.models import Holding, Person


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for an office.

    ``person_key`` stands in the ledger, ``person_name`` never does. ``body`` is a body of the programme
    file, ``region`` and ``organisation`` are codes, or blank where the office is bound to none.
    """

    person_key: str
    person_name: str
    office_key: str
    office_name: Text
    body: str
    post: str
    region: str
    organisation: str

    @property
    def is_public(self) -> bool:
        """Whether nobody in particular is looking."""
        return self.body == "public"


PUBLIC = Actor("", "", "public", Text("社会公众", "the public"), "public", "", "", "")


def actor(person: "Person", holding: "Holding") -> Actor:
    """The person as holder of ``holding`` (fetched with its office). ``ValueError`` for another's holding."""
    if holding.person_id != person.pk:
        raise ValueError("the holding belongs to another person")
    office = holding.office
    return Actor(
        person_key=person.key,
        person_name=person.name,
        office_key=office.key,
        office_name=office.name,
        body=office.body,
        post=holding.post,
        region=office.region_id or "",
        organisation=office.organisation_id or "",
    )
