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
    """An enterprise with its last yearly figures; a table of its own so that rosters stay fast.

    Money is in 万元 (10,000 yuan), employment in persons at year end, ``industry`` a GB/T 4754-2017 code as
    text, ``qualifications`` a list of keys such as "little-giant".
    """

    code = models.CharField(max_length=18, primary_key=True)
    name_zh = models.CharField(max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, related_name="enterprises")
    industry = models.CharField(max_length=4, db_index=True)
    above_scale = models.BooleanField()
    revenue_wan = models.PositiveBigIntegerField()
    rd_wan = models.PositiveBigIntegerField()
    employment = models.PositiveIntegerField()
    qualifications = models.JSONField(default=list)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_zh


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
