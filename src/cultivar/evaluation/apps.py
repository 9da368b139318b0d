from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """How experts judge."""

    name = "cultivar.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        """Adds the slice's projection, its check of a notice's rule of scoring, and its page to the navigation."""
        from cultivar.cases import checking
        from cultivar.cases.projection import register
        from cultivar.evaluation.models import Sheet
        from cultivar.evaluation.navigation import register_experts
        from cultivar.evaluation.scoring import check
        from cultivar.evaluation.sheets import project

        register(project, Sheet)
        checking.register("scoring", check)
        register_experts()
