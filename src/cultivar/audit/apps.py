from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Is the record whole: what is served of the ledger, receipts, verification, export."""

    name = "cultivar.audit"
    label = "audit"
