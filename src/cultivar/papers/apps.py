from django.apps import AppConfig


class PapersConfig(AppConfig):
    """What is issued."""

    name = "cultivar.papers"
    label = "papers"
