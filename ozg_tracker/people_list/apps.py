from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleListConfig(AppConfig):
    name = "ozg_tracker.people_list"
    label = "people_list"
    verbose_name = _("Personenliste")
