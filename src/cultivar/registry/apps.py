"""The slice as a Django app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Regions, organisations, enterprises, people and the offices they hold."""

    name = "cultivar.registry"
    label = "registry"
    verbose_name = "名册"
