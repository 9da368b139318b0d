from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The matters in hand."""

    name = "cultivar.cases"
    label = "cases"

    def ready(self) -> None:
        """Names the slice's pages in the navigation, and the programmes to the guides."""
        from cultivar.cases.guide_links import register_guide_links
        from cultivar.cases.navigation import register_work
        from cultivar.cases.public_navigation import register_public

        register_public()
        register_work()
        register_guide_links()
