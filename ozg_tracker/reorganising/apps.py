from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReorganisingConfig(AppConfig):
    name = "ozg_tracker.reorganising"
    label = "reorganising"
    verbose_name = _("Umbauten")
