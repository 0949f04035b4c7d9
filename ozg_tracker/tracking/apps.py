from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "ozg_tracker.tracking"
    label = "tracking"
