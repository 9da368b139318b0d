"""What people said about standing aside: which names are one organisation, and what an expert declared."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cultivar.registry.models import Region

STANDING = Q(ended_at=None)


class IdentityAnswer(models.Model):
    """Whether two identities (keys of ``identities``, the lesser first) are one organisation, as an office found out.

    A correction ends what stood; the row stays with the reason. ``region``: the programme's, whose rounds it serves.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    one = models.CharField(max_length=140)
    other = models.CharField(max_length=140)
    one_name = models.CharField(max_length=140)  # as it was written where the question was asked
    other_name = models.CharField(max_length=140)
    same = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)  # why it was corrected
    office = models.CharField(max_length=60)
    person = models.CharField(max_length=36)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ("-at", "-id")
        constraints: ClassVar = (
            models.UniqueConstraint(
                fields=("region", "one", "other"), condition=STANDING, name="identity_answered_once"
            ),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="identity_lesser_first"),
        )

    def __str__(self) -> str:
        return f"{self.one} {'is' if self.same else 'is not'} {self.other}"


class Declaration(models.Model):
    """An organisation for which an expert declared to stand aside, both days included; null: no beginning, no end.

    ``organisation`` is a credit code, or blank where only the name is known. Withdrawn, the row stays with the reason.
    """

    expert = models.ForeignKey("evaluation.Expert", models.CASCADE, related_name="declarations")
    organisation = models.CharField(max_length=18, blank=True)
    name = models.CharField(max_length=120)
    what = models.CharField(max_length=200)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ("-at", "-id")
        constraints: ClassVar = (
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="declaration_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.expert_id} {self.name}"
