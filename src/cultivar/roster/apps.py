from django.apps import AppConfig


class RosterConfig(AppConfig):
    """The enterprise roster, Excel both ways."""

    name = "cultivar.roster"
    label = "roster"
    verbose_name = "企业名单"

    def ready(self) -> None:
        """Names the page in the navigation, and the files that evidence must leave alone."""
        from cultivar.cases import file_store
        from cultivar.roster.models import named_file
        from cultivar.roster.navigation import register_rosters

        file_store.register_owner(named_file)
        register_rosters()
