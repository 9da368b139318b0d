from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """Guided questionnaires."""

    name = "cultivar.guidance"
    label = "guidance"

    def ready(self) -> None:
        """Names the slice's pages in the navigation."""
        from cultivar.policy.text import Text
        from cultivar.web.navigation import PUBLIC, Entry, register

        group = Text("公开", "Public")
        register(
            Entry("public-guides", Text("向导", "Guides"), "guides", group, frozenset({PUBLIC}), order=55)
        )
