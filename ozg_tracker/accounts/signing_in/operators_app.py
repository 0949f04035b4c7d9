"""Django's admin with our door; a module of its own, because Django takes every AppConfig it finds in `apps.py`."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    default_site = "ozg_tracker.accounts.signing_in.operators.OperatorSite"
