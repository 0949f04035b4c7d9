from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "ozg_tracker.training"
    label = "training"
