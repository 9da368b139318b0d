"""``Defence``, a projection of the acts that schedule and record an application's defence."""

from django.db import models

from cultivar.cases.models import Case


class Defence(models.Model):
    """When and where an application is defended, as its latest acts left it.

    ``present`` are the keys of the experts who were there; null where nobody noted it. ``held_on`` is null until the
    defence that was scheduled last is recorded.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="defences")
    starts_at = models.DateTimeField(db_index=True)
    minutes = models.PositiveSmallIntegerField(null=True)  # presentation and questions; null: not said
    order = models.PositiveSmallIntegerField(null=True)  # within the sitting, from 1
    place = models.TextField()
    held_on = models.DateField(null=True)
    present = models.JSONField(null=True)

    class Meta:
        ordering = ("starts_at", "id")

    def __str__(self) -> str:
        return f"{self.case_id} {self.starts_at}"
