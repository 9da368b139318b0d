from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work that is done later, and work that recurs."""

    name = "cultivar.jobs"
    label = "jobs"
