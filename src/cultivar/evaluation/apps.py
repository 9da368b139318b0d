from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """How experts judge."""

    name = "cultivar.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        """Adds the slice's projection, and its page to the navigation."""
        from cultivar.cases.projection import register
        from cultivar.evaluation.models import Sheet
        from cultivar.evaluation.navigation import register_experts, register_sheets
        from cultivar.evaluation.sheets import project

        register(project, Sheet)
        register_experts()
        register_sheets()
