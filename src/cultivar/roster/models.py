"""Imports of workbooks: who sent which file, how far it is, and what was found in it."""

from django.db import models

from cultivar.cases.models import Subject
from cultivar.policy.text import Text


class Import(models.Model):
    """A file that was sent to be read into the register. Its bytes lie in the evidence folder under their SHA-256.

    ``office`` is the key of the office that sent it; ``giver`` the organisation in whose name it speaks, blank for
    an authority. ``subject`` is whose roster it is, null for an authority's.
    """

    class State(models.TextChoices):
        """Waiting and at work twice: while it is checked, and while its good rows are taken."""

        WAITING = "waiting"
        CHECKED = "checked"
        REFUSED = "refused"
        TAKING = "taking"
        TAKEN = "taken"

    office = models.CharField(max_length=60, db_index=True)
    giver = models.CharField(max_length=18, blank=True)
    region = models.CharField(max_length=12, blank=True)  # of the office, where it is an authority
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="imports")
    year = models.PositiveSmallIntegerField()
    person = models.CharField(max_length=36)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)  # rows, for the bar
    expected = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    hints = models.PositiveIntegerField(default=0)
    refusal_zh = models.CharField(max_length=500, blank=True)
    refusal_en = models.CharField(max_length=500, blank=True)
    marked = models.BooleanField(default=False)  # whether the marked workbook is there
    unmarkable = models.BooleanField(default=False)  # whether making it failed
    taken_at = models.DateTimeField(null=True)
    pruned_at = models.DateTimeField(null=True)  # when it let go of its file (``pruning``)
    outcome = models.JSONField(default=dict)  # what taking it changed: counts by name
    preview = models.JSONField(
        default=dict
    )  # what taking it would change, as of the check: ``Changes.plain``

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.pk} {self.office} {self.state}"

    @property
    def refusal(self) -> Text:
        """Why the file was not read."""
        return Text(self.refusal_zh, self.refusal_en)

    @property
    def working(self) -> bool:
        """Whether a worker has it, or will."""
        return self.state in (self.State.WAITING, self.State.TAKING)


class ImportProblem(models.Model):
    """Something found in a file: as ``problems.Finding`` says it."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="problems")
    kind = models.CharField(max_length=60)
    blocks = models.BooleanField()
    sheet = models.CharField(max_length=60, blank=True)
    row = models.PositiveIntegerField(default=0)
    column = models.CharField(max_length=3, blank=True)
    heading = models.CharField(max_length=130, blank=True)
    value = models.CharField(max_length=80, blank=True)
    text_zh = models.CharField(max_length=600)
    text_en = models.CharField(max_length=900)
    remedy_zh = models.CharField(max_length=300, blank=True)
    remedy_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("of", "-blocks", "id"), name="problem_by_weight"),)

    def __str__(self) -> str:
        return f"{self.of_id} {self.sheet} {self.row} {self.kind}"


_TAKING = Text(
    "企业名单正在录入（“{name}”，{n} 行）。录完再提交，一般不超过一分钟；"
    "不想录了，先到这次导入的页面停下。填好的内容都在。",
    "Rows are being taken onto the roster (“{name}”, {n} rows). Submit once that is done, as a rule within a minute, "
    "or stop it on the page of the import; nothing is lost.",
)


def being_taken(subject: str) -> Text | None:
    """What import waits to be taken, or is, onto the roster of a subject; None where none does: one query."""
    one = Import.objects.filter(subject=subject, state=Import.State.TAKING).first() if subject else None
    return _TAKING.fill(name=one.name, n=one.good) if one else None


def named_file(sha256: str) -> bool:
    """Whether an import holds these bytes."""
    return Import.objects.filter(sha256=sha256, pruned_at=None).exists()
