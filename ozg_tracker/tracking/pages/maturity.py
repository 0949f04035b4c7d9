"""The page of the maturity model: which one holds, since when, what waits to be rated anew, and the change."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import MaturityModel
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.maturity import call_off, change_model, planned_among
from ozg_tracker.accounts.models import Deed, MaturityModelEvent, Municipality
from ozg_tracker.accounts.models.maturity_events import LONGEST_REASON
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.counting import AWAITS_RATING, COUNTS, NOT_RATED

_FIELD = {"class": "ozg-in"}


class ModelForm(forms.Form):
    model = forms.ModelChoiceField(
        MaturityModel.objects.none(),
        label=gettext_lazy("Reifegradmodell"),
        empty_label="–",
        widget=forms.Select(_FIELD),
    )
    effective_on = DayField(
        label=gettext_lazy("Gilt ab"),
        initial=timezone.localdate,
        help_text=gettext_lazy(
            "Auch ein früherer Tag oder einer, der noch kommt. Die Monate davor behalten ihr Modell."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Begründung"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("etwa der Beschluss, mit dem das Modell eingeführt wird"),
        widget=forms.TextInput(_FIELD),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[MaturityModel]", self.fields["model"]).queryset = MaturityModel.objects.all()


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def maturity_model(request: MunicipalityRequest) -> HttpResponse:
    """What holds and what held; for the coordination with the form that changes it."""
    municipality = municipality_of(request)
    chooses = request.membership is not None and Deed.CHOOSE_MODEL in request.membership.deeds
    form = ModelForm(request.POST if chooses and request.method == "POST" else None)
    if form.is_valid():
        try:
            change_model(municipality, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            sentence = _("Ab %(day)s gilt das Reifegradmodell %(model)s. Umgerechnet wurde nichts.")
            if form.cleaned_data["effective_on"] > timezone.localdate():
                sentence = _("Ab %(day)s gilt das Reifegradmodell %(model)s. Bis dahin lässt sich das absagen.")
            day, model = form.cleaned_data["effective_on"], form.cleaned_data["model"].version
            messages.success(request, sentence % {"day": f"{day:%d.%m.%Y}", "model": model})
            return redirect("maturity_model")
    events = list(MaturityModelEvent.objects.filter(municipality=municipality).select_related("model", "by"))
    planned = planned_among(reversed(events))
    context = {
        "model": municipality.maturity_model,
        "since": municipality.maturity_model_since,
        "levels": municipality.maturity_model.levels.all(),
        "counts": _counts(municipality),
        "events": [each for each in events if each.reason and each not in planned],
        "planned": planned,
        "form": form if chooses else None,
    }
    return render(request, "tracking/rows/maturity_model.html", context, status=400 if form.errors else 200)


@members_only(Deed.CHOOSE_MODEL)
@require_POST
def call_off_change(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """A change of a day to come does not happen."""
    events = MaturityModelEvent.objects.select_related("municipality", "model")
    found = get_object_or_404(events, pk=pk, municipality=municipality_of(request))
    try:
        call_off(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Der Wechsel ist abgesagt. Das Modell bleibt, wie es ist."))
    return redirect("maturity_model")


def _counts(municipality: Municipality) -> dict[str, int]:
    """Of the services that count: rated with today's model, waiting to be rated anew, and not rated."""
    rows = MunicipalService.objects.filter(COUNTS, municipality=municipality)
    waiting, unrated = rows.filter(AWAITS_RATING).count(), rows.filter(NOT_RATED).count()
    return {"rated": rows.count() - waiting - unrated, "waiting": waiting, "not_rated": unrated}
