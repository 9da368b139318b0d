"""The append-only record. Rows of ``Entry`` are neither changed nor deleted; the database refuses both."""

from django.db import models


class Entry(models.Model):
    """One act. ``leaf`` is its canonical JSON (RFC 8785); the other columns repeat parts of it for queries."""

    seq = models.BigIntegerField(primary_key=True)  # from 0, without gaps
    case = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=60)
    step = models.CharField(max_length=10)
    office = models.CharField(max_length=80)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, unique=True)  # idempotency key
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField()

    class Meta:
        ordering = ("seq",)

    def __str__(self) -> str:
        return f"#{self.seq} {self.case} {self.kind}"


class Sealed(models.Model):
    """A personal value that stays outside the ledger; the leaf holds SHA-256(salt + canonical value)."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="sealed")
    field = models.CharField(max_length=60)
    salt = models.BinaryField()  # 16 fresh bytes
    value = models.BinaryField()  # canonical JSON

    class Meta:
        constraints = [models.UniqueConstraint(fields=("entry", "field"), name="sealed_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.field}"


class Head(models.Model):
    """One row: how many entries there are and when the last was made. Its lock serialises appends."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    size = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.size} entries"
