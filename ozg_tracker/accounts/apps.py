from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ozg_tracker.accounts"
    label = "accounts"
