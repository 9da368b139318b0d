from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """A fictional province-year on real rules."""

    name = "cultivar.demonstration"
    label = "demonstration"
