from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """How experts judge."""

    name = "cultivar.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        """Adds the slice's projection."""
        from cultivar.cases.projection import register
        from cultivar.evaluation.models import Sheet
        from cultivar.evaluation.sheets import project

        register(project, Sheet)
