from django.apps import AppConfig


class PapersConfig(AppConfig):
    """What is issued."""

    name = "cultivar.papers"
    label = "papers"

    def ready(self) -> None:
        """Adds the slice's projection and names its page in the navigation."""
        from cultivar.cases.projection import register
        from cultivar.papers.models import Recommendation
        from cultivar.papers.navigation import register_letters
        from cultivar.papers.recommendations import project

        register(project, Recommendation)
        register_letters()
