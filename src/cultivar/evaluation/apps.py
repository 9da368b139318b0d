from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """How experts judge."""

    name = "cultivar.evaluation"
    label = "evaluation"
