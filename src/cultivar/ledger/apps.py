from django.apps import AppConfig
from django.core import checks


class LedgerConfig(AppConfig):
    """The append-only record."""

    name = "cultivar.ledger"
    label = "ledger"

    def ready(self) -> None:
        """A checkpoint is signed at every full hour; a database that may forget is refused."""
        from cultivar.jobs import recurring
        from cultivar.ledger import durability, jobs

        recurring.register("checkpoint", jobs.sign_checkpoint, every=recurring.HOUR)
        checks.register(durability.check_durable, checks.Tags.database)
