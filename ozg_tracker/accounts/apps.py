from django.apps import AppConfig
from django.core.checks import Tags, register
from django.core.exceptions import ValidationError
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.demo import no_demo_sign_ins


class AccountsConfig(AppConfig):
    name = "ozg_tracker.accounts"
    label = "accounts"
    verbose_name = gettext_lazy("Kommunen und Personen")

    def ready(self) -> None:
        from ozg_tracker.accounts.journal import sign_ins  # noqa: PLC0415 (models are there only now)
        from ozg_tracker.accounts.signing_in import second_factors, sessions, tokens  # noqa: PLC0415

        sign_ins.listen()
        tokens.listen()
        sessions.listen()
        second_factors.listen()
        pre_delete.connect(_refuse_to_delete, sender="accounts.User", dispatch_uid="people_stay")
        register(no_demo_sign_ins, Tags.security, deploy=True)


def _refuse_to_delete(**kwargs: object) -> None:
    raise ValidationError(
        _("Personen werden nicht gelöscht, weil die Historie sie nennt. Sie können die Person stilllegen."),
        code="people_stay",
    )
