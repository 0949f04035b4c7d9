from django.apps import AppConfig
from django.core.exceptions import ValidationError
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _


class AccountsConfig(AppConfig):
    name = "ozg_tracker.accounts"
    label = "accounts"

    def ready(self) -> None:
        pre_delete.connect(_refuse_to_delete, sender="accounts.User", dispatch_uid="people_stay")


def _refuse_to_delete(**kwargs: object) -> None:
    raise ValidationError(
        _("Personen werden nicht gelöscht, weil die Historie sie nennt. Sie können die Person stilllegen."),
        code="people_stay",
    )
