"""The append-only record. The database refuses to change or delete rows of all but ``Head`` and ``SecondEdge``.

The one thing that may go is a personal value (``Sealed``), once an ``Erasure`` says by which entry and for what.
"""

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


class Erasure(models.Model):
    """A personal value was destroyed with its salt: which, and by which entry."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="erasures")
    field = models.CharField(max_length=60)
    by = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("entry", "field"), name="erased_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.field}"


class Tile(models.Model):
    """A full tile of the tree (see ``cultivar.ledger.tree``). ``place`` is "level/index"."""

    place = models.CharField(max_length=24, primary_key=True)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()  # 256 of 32 bytes
    root = models.BinaryField()  # the root over them: one hash of the tile above

    class Meta:
        constraints = [models.UniqueConstraint(fields=("level", "index"), name="tile_once")]

    def __str__(self) -> str:
        return self.place


class Head(models.Model):
    """One row: how many entries there are, when the last was made, and the tree's right edge. Its lock serialises."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    size = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    edge = models.BinaryField(default=b"")  # hashes, as ``cultivar.ledger.tree`` packs them

    def __str__(self) -> str:
        return f"{self.size} entries"


class SecondEdge(models.Model):
    """One row, where the second digest is on: how far the SM3 tree has been worked out, and its right edge."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    size = models.BigIntegerField(default=0)
    edge = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return f"SM3 of {self.size} entries"


class VerifierKey(models.Model):
    """A key with which this ledger was, or is, signed: the public half, in C2SP's vkey form."""

    vkey = models.CharField(max_length=400, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.vkey


class Checkpoint(models.Model):
    """The text of a checkpoint (C2SP tlog-checkpoint) and when it was first signed."""

    size = models.BigIntegerField(primary_key=True)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("size",)

    def __str__(self) -> str:
        return f"checkpoint of {self.size}"


class Signature(models.Model):
    """One signature line under a checkpoint: the ledger's own, or a witness's."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="signatures")
    name = models.CharField(max_length=200)
    key_id = models.CharField(max_length=8)  # hex
    line = models.TextField()  # without its newline
    witness = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("witness", "id")
        constraints = [models.UniqueConstraint(fields=("checkpoint", "name", "key_id"), name="signed_once")]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} {self.name}"


class Alarm(models.Model):
    """Proof that the record was forked or set back; never taken away. ``notes`` are the signed notes that show it."""

    class Kind(models.TextChoices):
        """What was seen."""

        FORK = "fork"  # two checkpoints of one size with different roots
        SET_BACK = "set-back"  # a signed checkpoint is larger than the ledger
        CHANGED = "changed"  # what a checkpoint covers is no longer what it was

    kind = models.CharField(max_length=10, choices=Kind.choices)
    size = models.BigIntegerField()
    notes = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} at {self.size}"
