"""A forgotten password: the link goes to an address that the person confirmed, and to no other."""

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress

from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.signing_in.passwords import signs_on_elsewhere


class ConfirmedReset(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Asks for the address; whose address it is, and whether it is one, is not told."""

    users: list[User]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        confirmed = EmailAddress.objects.filter(user__in=self.users, email__iexact=email, verified=True)
        known = set(confirmed.values_list("user", flat=True))
        self.users = [user for user in self.users if user.pk in known and not signs_on_elsewhere(user)]
        return email
