from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work that is done later, and work that recurs."""

    name = "cultivar.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Old results are taken away once a day."""
        from cultivar.jobs import pruning, recurring

        recurring.register("prune", pruning.prune, every=recurring.DAY)
