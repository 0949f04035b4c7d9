"""What the account page reads."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality, User


class TownForm(forms.Form):
    """Which of the person's municipalities to work for."""

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(), label=_("Kommune"), empty_label=None, widget=forms.Select({"class": "ozg-in"})
    )

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["municipality"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 (tells mypy what stands above)
        choice.queryset = Municipality.objects.visible_to(user)
