"""How experts judge. ``Sheet`` is a projection of the acts that hand in score sheets."""

from django.db import models

from cultivar.cases.models import Case


class Sheet(models.Model):
    """A score sheet as handed in: the expert and the sum of the points given."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="sheets")
    person = models.CharField(max_length=36)
    total = models.DecimalField(max_digits=12, decimal_places=6)  # points

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.case_id} {self.total}"
