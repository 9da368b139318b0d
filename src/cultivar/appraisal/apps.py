from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    """Whether a dossier meets the conditions."""

    name = "cultivar.appraisal"
    label = "appraisal"
