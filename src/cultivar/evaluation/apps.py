from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """How experts judge."""

    name = "cultivar.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        """Adds the slice's projection, its word on who may be named, and its page to the navigation."""
        from cultivar.cases import candidates, checking
        from cultivar.cases.projection import register
        from cultivar.evaluation import naming
        from cultivar.evaluation.models import Sheet
        from cultivar.evaluation.navigation import register_experts
        from cultivar.evaluation.sheets import project

        register(project, Sheet)
        checking.register("experts", naming.check_named)
        candidates.register(naming.describe)
        register_experts()
