from django.apps import AppConfig


class RosterConfig(AppConfig):
    """The enterprise roster, Excel both ways."""

    name = "cultivar.roster"
    label = "roster"
    verbose_name = "企业名单"

    def ready(self) -> None:
        """Names the page, the files that evidence leaves alone, rosters that wait for rows, and what recurs."""
        from cultivar.cases import file_store, rosters
        from cultivar.jobs import recurring
        from cultivar.roster import pruning
        from cultivar.roster.models import being_taken, named_file
        from cultivar.roster.navigation import register_rosters

        file_store.register_owner(named_file)
        rosters.register_taking(being_taken)
        register_rosters()
        recurring.register("prune-imports", pruning.prune_files, every=recurring.DAY)
