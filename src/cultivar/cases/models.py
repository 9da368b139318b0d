"""The matters in hand.

Projections, rebuilt from the ledger alone and written by ``cases.projection`` only: ``Case``, ``Partner``,
``Seat``, ``Todo``, ``RoundNotice``, ``NoticeItem``, ``TitleChange``. Working data of their own: ``Subject``,
``Membership``, ``Dossier``, ``DossierVersion``, ``RosterVersion``, ``Evidence``, ``AdoptedProgramme``.
"""

from django.db import models

from cultivar.policy.text import Text
from cultivar.registry.models import Enterprise, Organisation, Region


class AdoptedProgramme(models.Model):
    """The text of a programme version to which cases are pinned, kept when its file changes or goes."""

    digest = models.CharField(max_length=64, primary_key=True)  # SHA-256 of its canonical JSON
    key = models.CharField(max_length=130)
    data = models.BinaryField()  # canonical JSON

    def __str__(self) -> str:
        return f"{self.key} {self.digest[:12]}"


class Subject(models.Model):
    """What is cultivated: a cluster, a chain, a town, a park. What was applied for under which name is in the cases.

    ``organisation`` is null where no applicant stands behind it, ``designation`` names the entry of a programme
    file that names it itself (``policy/id``).
    """

    code = models.CharField(max_length=20, primary_key=True)
    kind = models.CharField(max_length=60)  # as programme files name what they cultivate
    designation = models.CharField(max_length=130, blank=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    field = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="subjects")
    region = models.ForeignKey(Region, models.PROTECT, related_name="subjects")
    core_park = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(
                fields=("designation",), condition=~models.Q(designation=""), name="designated_once"
            ),
        )

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The subject's name."""
        return Text(self.name_zh, self.name_en)


class Membership(models.Model):
    """An enterprise on the roster of a subject."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="memberships")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="memberships")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subject", "enterprise"), name="member_once"),)

    def __str__(self) -> str:
        return f"{self.enterprise_id} in {self.subject_id}"


class Case(models.Model):
    """A matter: an application, an objection, a review, a round. ``number`` is its name everywhere."""

    number = models.CharField(max_length=40, primary_key=True)
    procedure = models.CharField(max_length=60)
    about = models.CharField(max_length=12)  # what the procedure is about: round, application, case, title
    programme = models.CharField(max_length=130)
    digest = models.CharField(max_length=64)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="cases")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    round = models.ForeignKey("self", models.PROTECT, null=True, related_name="applications")
    title = models.CharField(max_length=40, blank=True)  # for matters about a title
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300)
    field = models.CharField(max_length=60, blank=True)
    applicant = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="cases")
    lead_region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="cases")
    stage = models.CharField(max_length=60)
    final = models.CharField(max_length=10, blank=True)
    joint = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    stage_since = models.DateTimeField()
    last_seq = models.BigIntegerField()

    class Meta:
        ordering = ("-last_seq",)
        indexes = (
            models.Index(fields=("programme", "procedure", "stage", "-last_seq"), name="case_by_stage"),
            models.Index(fields=("lead_region", "-last_seq"), name="case_by_region"),
            models.Index(fields=("-last_seq",), name="case_by_last_seq"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name_zh}"

    @property
    def name(self) -> Text:
        """What the case is called: the subject, or the round."""
        return Text(self.name_zh, self.name_en)


class Partner(models.Model):
    """A partner region of a joint application."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="partners")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.case_id} {self.region_id}"


class Seat(models.Model):
    """An expert's place on the panel of a case; ``done`` once the sheet is in."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="seats")
    person = models.CharField(max_length=36, db_index=True)
    done = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.case_id} {self.person}"


class Todo(models.Model):
    """What a case waits for, addressed to the offices that may do it; blank means whoever is of the body."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="todos")
    act = models.CharField(max_length=60)
    step = models.CharField(max_length=10)
    body = models.CharField(max_length=40)
    post = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=12, blank=True)
    organisation = models.CharField(max_length=18, blank=True)
    person = models.CharField(max_length=36, blank=True)
    not_person = models.CharField(max_length=36, blank=True)
    due_on = models.DateField(null=True)
    provisional = models.BooleanField(default=False)
    opens_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("body", "region", "due_on"), name="todo_by_office"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.act} {self.body}"


class RoundNotice(models.Model):
    """What the notice of a round fixed, as its latest acts left it."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="notice")
    document_number = models.CharField(max_length=80)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    limits = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    announced_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.document_number


class NoticeItem(models.Model):
    """A case on public notice, or once on it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notice_items")
    notice = models.CharField(max_length=80, db_index=True)
    from_on = models.DateField()
    last_day = models.DateField(db_index=True)
    provisional = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.notice} {self.case_id}"


class TitleChange(models.Model):
    """A title was granted or ended by an act of a case."""

    class Kind(models.TextChoices):
        """What happened to the title."""

        GRANT = "grant"
        END = "end"

    case = models.ForeignKey(Case, models.CASCADE, related_name="title_changes")
    title = models.CharField(max_length=40, db_index=True)  # the certificate number
    kind = models.CharField(max_length=5, choices=Kind.choices)
    on = models.DateField()
    decision = models.CharField(max_length=80, blank=True)
    seq = models.BigIntegerField()

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(
                fields=("title",), condition=models.Q(kind="grant"), name="title_granted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.kind}"


class Dossier(models.Model):
    """The working copy of an application's dossier. ``revision`` counts saves, so that two people notice each other."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="dossier")
    data = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.case_id} r{self.revision}"


class DossierVersion(models.Model):
    """A dossier as submitted: canonical JSON with a salt, named by its SHA-256."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="versions")
    seq = models.BigIntegerField()  # the entry that submitted it; its personal values hang there
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.case_id} {self.sha256[:12]}"


class RosterVersion(models.Model):
    """A roster as submitted: canonical JSON named by its SHA-256, kept once for all dossiers that name it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField()
    firms = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.firms} {self.sha256[:12]}"


class Evidence(models.Model):
    """An uploaded file of a case; the bytes lie in the evidence folder under their SHA-256."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="evidence")
    slot = models.CharField(max_length=60)  # a field of the dossier, or "<act>.<field>"
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)  # pdf, png, jpeg, xlsx
    size = models.PositiveBigIntegerField()
    person = models.CharField(max_length=36)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("case", "slot", "sha256"), name="evidence_once"),)

    def __str__(self) -> str:
        return self.name
