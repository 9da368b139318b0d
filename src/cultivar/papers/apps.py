from django.apps import AppConfig


class PapersConfig(AppConfig):
    """What is issued."""

    name = "cultivar.papers"
    label = "papers"

    def ready(self) -> None:
        """Names the slice's page in the navigation."""
        from cultivar.papers.navigation import register_letters

        register_letters()
