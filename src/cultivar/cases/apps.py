from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The matters in hand."""

    name = "cultivar.cases"
    label = "cases"
