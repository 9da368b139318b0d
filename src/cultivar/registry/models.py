"""Who and what exists: regions, organisations, enterprises, people, offices and who holds them."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from cultivar.policy.text import Text


class Region(models.Model):
    """A division of GB/T 2260, or a custom unit that a programme treats like one (Gui'an New Area)."""

    class Kind(models.TextChoices):
        """Levels; ``custom`` is no administrative division and is drawn dashed on the map."""

        COUNTRY = "country"
        PROVINCE = "province"
        PREFECTURE = "prefecture"
        COUNTY = "county"
        CUSTOM = "custom"

    code = models.CharField(max_length=12, primary_key=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    short_zh = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    tile_column = models.PositiveSmallIntegerField(null=True)
    tile_row = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def name(self) -> Text:
        """The full name."""
        return Text(self.name_zh, self.name_en)

    @property
    def short(self) -> Text:
        """The name as spoken: 黔东南州, Qiandongnan."""
        return Text(self.short_zh, self.name_en)


class Organisation(models.Model):
    """A legal body by its unified social credit code (GB 32100)."""

    class Kind(models.TextChoices):
        """What the body is to a programme."""

        PROMOTION_ORGANISATION = "promotion-organisation"
        AUTHORITY = "authority"
        ENTERPRISE = "enterprise"
        INSTITUTION = "institution"

    code = models.CharField(max_length=18, primary_key=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organisations")
    sort_key = models.CharField(max_length=240, db_index=True)  # pinyin: not every database collates Chinese

    class Meta:
        ordering = ["sort_key"]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The registered name."""
        return Text(self.name_zh, self.name_en)


class Enterprise(models.Model):
    """An enterprise by its unified social credit code; ``industry`` is a GB/T 4754-2017 code as text.

    What it reports, holds and suffers stands in the statements below. ``confirmed``: an authority has said who and
    where it is; else that is an applicant's word, which the authority of the true region may correct.
    """

    code = models.CharField(max_length=18, primary_key=True)
    name_zh = models.CharField(max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, related_name="enterprises")
    industry = models.CharField(max_length=4, db_index=True)
    confirmed = models.BooleanField()

    class Meta:
        ordering = ["code"]
        indexes = [  # few wait to be confirmed, among very many; every desk of an authority counts them
            models.Index(fields=["region"], condition=Q(confirmed=False), name="registry_unconfirmed")
        ]

    def __str__(self) -> str:
        return self.name_zh


class Statement(models.Model):
    """What somebody said of an enterprise, when and from which source. A correction ends it; the row stays.

    ``giver`` is the organisation that said it and that it counts for (its credit code), or blank where an authority
    said it, whose word counts for everybody; ``authority`` is then the region that it speaks for. So the words of
    a city and of its province stand side by side. ``office`` is the key of the office that entered it.
    Where somebody withdrew it instead of correcting it, ``reason`` says why and ``ended_by`` which office did.
    """

    giver = models.CharField(max_length=18, blank=True)
    authority = models.CharField(max_length=12, blank=True)
    office = models.CharField(max_length=60)
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


STANDING = Q(ended_at=None)


class YearlyFigures(Statement):
    """What an enterprise reported for a year: measures of the shared vocabulary, each in its smallest part.

    A measure that is not in ``figures`` is not known.
    """

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="yearly_figures")
    year = models.PositiveSmallIntegerField()
    figures = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "year", "giver", "authority"],
                condition=STANDING,
                name="figures_stand_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.year} {self.giver}".rstrip()


class Qualification(Statement):
    """A qualification of the shared vocabulary that an enterprise holds, both days included; null: not known."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="held")
    kind = models.CharField(max_length=40)
    rank = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=60, blank=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "rank", "giver", "authority"],
                condition=STANDING,
                name="qualification_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="qualification_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.kind} {self.rank}".rstrip()


class Incident(Statement):
    """An event of an enterprise: kind and grade of the shared vocabulary, the day, the paper that establishes it."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="incidents")
    kind = models.CharField(max_length=20)
    grade = models.CharField(max_length=20)
    on = models.DateField()
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "grade", "on", "giver", "authority"],
                condition=STANDING,
                name="incident_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.kind} {self.on}"


class SupplyLink(Statement):
    """What an enterprise buys from another in a year, in yuan; the supplier need not be in the register."""

    buyer = models.ForeignKey(Enterprise, models.PROTECT, related_name="suppliers")
    supplier = models.CharField(max_length=18, db_index=True)
    supplier_name = models.CharField(max_length=120, blank=True)
    product = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    amount_yuan = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "supplier", "product", "year", "giver", "authority"],
                condition=STANDING,
                name="supply_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} to {self.buyer_id} {self.year}"


def new_key() -> str:
    """An opaque key that says nothing about whom it stands for."""
    return str(uuid.uuid4())


class PersonManager(BaseUserManager["Person"]):
    """Creates people who can sign in."""

    def create_user(self, login: str, name: str, password: str | None = None, **more: Any) -> "Person":
        """A saved person; without ``password`` nobody can sign in with one."""
        person = self.model(login=login, name=name, **more)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in. The ledger knows people by ``key`` alone, so that a name can be erased here."""

    class Language(models.TextChoices):
        """A person's own choice of language; blank follows the browser."""

        CHINESE = "zh-hans"
        ENGLISH = "en"

    login = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=36, unique=True, default=new_key, editable=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, choices=Language.choices, blank=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """A desk of a body of the programme file: the city authority of Zunyi, the province, an expert's desk.

    ``region`` bounds what a regional desk may see, ``organisation`` whose cases an applicant's desk may see.
    """

    key = models.SlugField(max_length=60, unique=True)
    body = models.CharField(max_length=40, db_index=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    short_zh = models.CharField(max_length=60)
    short_en = models.CharField(max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="offices")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="offices")

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    @property
    def name(self) -> Text:
        """The full name."""
        return Text(self.name_zh, self.name_en)

    @property
    def short(self) -> Text:
        """The short name, for second mentions."""
        return Text(self.short_zh, self.short_en)


class HoldingQuerySet(models.QuerySet["Holding"]):
    """Holdings by time."""

    def current(self, on: date) -> "HoldingQuerySet":
        """Those that run on a day; ``until_on`` is the last day held."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on)


class Holding(models.Model):
    """Who holds which office, at which post (blank where a body has no posts), from when until when."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings")
    office = models.ForeignKey(Office, models.PROTECT, related_name="holdings")
    post = models.CharField(max_length=40, blank=True)  # a post of the body in the programme files
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        ordering = ["office__key", "post", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "office", "post", "from_on"], name="holding_stands_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="holding_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.office_id} {self.post}".rstrip()
