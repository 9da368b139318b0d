from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The append-only record."""

    name = "cultivar.ledger"
    label = "ledger"
