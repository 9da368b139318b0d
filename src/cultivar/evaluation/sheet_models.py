"""A score sheet while its expert writes it."""

from django.db import models

from cultivar.cases.models import Case


class SheetDraft(models.Model):
    """What an expert has typed into the sheet of a case and not handed in: theirs alone, gone once it is handed in.

    ``data``: text as typed, right or wrong, by entry: "scores.<criterion>", "reasons.<criterion>", "comment".
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="sheet_drafts")
    person = models.CharField(max_length=36)
    data = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="draft_of_a_sheet_stands_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.revision}"
