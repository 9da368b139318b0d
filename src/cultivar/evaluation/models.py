"""Who judges and how: the pool of experts, ``Sheet``, a projection of the acts that hand in score sheets, documents."""

from django.db import models

from cultivar.cases.models import Case
from cultivar.evaluation.defence_models import Defence
from cultivar.evaluation.sheet_models import SheetDraft
from cultivar.evaluation.standing_aside import Declaration, IdentityAnswer
from cultivar.registry.models import Office, Person, Region

__all__ = (
    "Absence",
    "Declaration",
    "Defence",
    "Document",
    "Expert",
    "IdentityAnswer",
    "Knowledge",
    "Sheet",
    "SheetDraft",
    "Tie",
)


class Sheet(models.Model):
    """A score sheet as handed in: the expert, the points by criterion (decimals as text) and their sum.

    ``open``: whether the panel is closed, so that others than the expert read it. ``days_late``: working days after
    its limit.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="sheets")
    person = models.CharField(max_length=36)
    total = models.DecimalField(max_digits=12, decimal_places=6)  # points
    points = models.JSONField(default=dict)
    seq = models.BigIntegerField(default=0)  # the entry that handed it in
    open = models.BooleanField(default=True)
    days_late = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.case_id} {self.total}"


class Expert(models.Model):
    """What is known of somebody who may judge. Who it is, and from when until when, say the person and the holding.

    ``pool``: the office of experts to which the person belongs; its region bounds who may see this.
    """

    class Kind(models.TextChoices):
        """What an expert knows about, as panels are mixed by it."""

        TECHNOLOGY = "technology"
        INDUSTRY = "industry"
        FINANCE = "finance"
        MANAGEMENT = "management"

    person = models.OneToOneField(Person, models.PROTECT, related_name="expert")
    pool = models.ForeignKey(Office, models.PROTECT, related_name="experts")
    number = models.CharField(max_length=30)  # as the pool counts
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=60, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")  # where it works
    most = models.PositiveSmallIntegerField(null=True)  # applications in one round; null: as the round says

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["pool", "number"], name="number_of_a_pool_stands_once")
        ]

    def __str__(self) -> str:
        return self.number


class Knowledge(models.Model):
    """A field in which an expert judges: of a programme (its id), or a code of GB/T 4754 (``GB4754``)."""

    GB4754 = "gb4754"

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="knowledge")
    scheme = models.CharField(max_length=60)
    code = models.CharField(max_length=60)

    class Meta:
        ordering = ("scheme", "code")
        constraints = [
            models.UniqueConstraint(fields=["expert", "scheme", "code"], name="knowledge_stands_once")
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.code}"


class Tie(models.Model):
    """A bond of an expert with an organisation, both days included; null: not known, or it lasts.

    ``organisation`` is a credit code, or blank where only the name is known.
    """

    class Kind(models.TextChoices):
        """What binds them."""

        EMPLOYED = "employed"
        ADVISER = "adviser"
        PARTNER = "partner"
        OWNER = "owner"

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="ties")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    organisation = models.CharField(max_length=18, blank=True, db_index=True)
    name = models.CharField(max_length=120)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        ordering = ("kind", "from_on", "name")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Absence(models.Model):
    """Days on which an expert cannot judge, both included."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="absences")
    from_on = models.DateField()
    until_on = models.DateField()

    class Meta:
        ordering = ("from_on",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__gte=models.F("from_on")), name="absence_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_on} {self.until_on}"


class Document(models.Model):
    """What an act fixed and the house worked out: canonical JSON, or a bundle, named by its SHA-256."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=20)  # as programme files name documents
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"
