from django.apps import AppConfig
from django.core.checks import Tags, register

from ozg_tracker.deployment import fit_for_people


class OzgTrackerConfig(AppConfig):
    name = "ozg_tracker"
    verbose_name = "OZG-Tracker"

    def ready(self) -> None:
        register(fit_for_people, Tags.security, deploy=True)
