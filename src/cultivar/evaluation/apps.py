from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """How experts judge."""

    name = "cultivar.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        """Adds the slice's projections, and its page to the navigation."""
        from cultivar.cases.projection import register
        from cultivar.evaluation import defences
        from cultivar.evaluation.models import Defence, Sheet
        from cultivar.evaluation.navigation import register_experts
        from cultivar.evaluation.sheets import project

        register(project, Sheet)
        register(defences.project, Defence)
        register_experts()
