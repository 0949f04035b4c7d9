"""Pages of deputies: naming one, and calling a deputyship off; the list stands with the handovers."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Deputyship, Municipality, User
from ozg_tracker.accounts.models.deputies import LONGEST_DEPUTY_REASON
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.handover.deputies import call_off_deputy, name_deputy, who_can_be_represented, who_can_stand_in

_FIELD = {"class": "ozg-in"}


class DeputyForm(forms.Form):
    """Who is away, who stands in, and when; the deed checks what goes together."""

    absent = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Wer ist abwesend?"), widget=forms.Select(_FIELD)
    )
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Wer vertritt?"),
        empty_label=gettext_lazy("Bitte wählen"),
        widget=forms.Select(_FIELD),
    )
    starts_on = DayField(label=gettext_lazy("Ab"))
    until = DayField(label=gettext_lazy("Bis"), help_text=gettext_lazy("letzter Tag; danach endet sie von selbst"))
    reason = forms.CharField(
        label=gettext_lazy("Grund"), max_length=LONGEST_DEPUTY_REASON, widget=forms.TextInput(_FIELD)
    )

    def __init__(self, municipality: Municipality, by: User, data: Any = None) -> None:
        super().__init__(data, initial={"absent": by.pk})
        choices = {"absent": who_can_be_represented(municipality, by), "deputy": who_can_stand_in(municipality)}
        for name, people in choices.items():
            ordered = people.order_by("last_name", "first_name", "username")
            cast("forms.ModelChoiceField[User]", self.fields[name]).queryset = ordered


@members_only(Deed.HAND_OVER)
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: MunicipalityRequest) -> HttpResponse:
    municipality = municipality_of(request)
    form = DeputyForm(municipality, request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = name_deputy(municipality, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            for field, errors in error.error_dict.items():
                form.add_error(field if field in form.fields else None, errors)
        else:
            words = {"deputy": made.deputy, "absent": made.absent}
            messages.success(request, _("%(deputy)s vertritt %(absent)s.") % words)
            return redirect("handovers")
    return render(request, "handover/name_deputy.html", {"form": form}, status=400 if form.errors else 200)


@members_only(Deed.HAND_OVER)
@require_POST
def call_off(request: MunicipalityRequest, pk: int) -> HttpResponse:
    visible = Deputyship.objects.visible_to(request.user).filter(municipality=municipality_of(request))
    try:
        call_off_deputy(get_object_or_404(visible, pk=pk), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Die Vertretung ist abgesagt."))
    return redirect("handovers")
