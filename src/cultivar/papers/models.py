"""What is issued. ``Recommendation`` is a projection of the acts that issue recommendation letters."""

from django.db import models

from cultivar.cases.models import Case


class Recommendation(models.Model):
    """What one act says of its case in a letter. Rows of one ``letter`` from one ``region`` make the paper."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="recommendations")
    letter = models.CharField(max_length=80)  # its number
    region = models.CharField(max_length=12)  # of the office that speaks
    office = models.CharField(max_length=80)  # key of that office
    body = models.CharField(max_length=40)
    reasons = models.TextField(blank=True)
    draft = models.BooleanField()  # proposed, and the second person has still to agree
    on = models.DateField()
    seq = models.BigIntegerField()  # of the act's entry

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("letter", "region"), name="recommendation_by_letter"),)

    def __str__(self) -> str:
        return f"{self.letter} {self.case_id}"
