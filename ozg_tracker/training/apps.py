from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "ozg_tracker.training"
    label = "training"
    verbose_name = _("Schulungen")
