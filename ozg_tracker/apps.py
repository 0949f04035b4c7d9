from django.apps import AppConfig


class OzgTrackerConfig(AppConfig):
    name = "ozg_tracker"
    verbose_name = "OZG-Tracker"
