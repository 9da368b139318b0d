from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Is the record whole: what is served of the ledger, receipts, verification, export."""

    name = "cultivar.audit"
    label = "audit"

    def ready(self) -> None:
        """Names the slice's pages in the navigation."""
        from cultivar.audit.navigation import register_ledger

        register_ledger()
