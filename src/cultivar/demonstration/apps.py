from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """A fictional province-year on real rules."""

    name = "cultivar.demonstration"
    label = "demonstration"

    def ready(self) -> None:
        """Offers the doors and the clock to the shell, which shows them where ``DEMO`` is on."""
        from cultivar.demonstration import roles
        from cultivar.web import accounts, navigation

        accounts.offer_doors(roles.doors)
        navigation.offer_clock("demo-clock")
