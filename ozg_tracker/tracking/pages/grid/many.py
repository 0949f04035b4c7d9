"""New values for many rows: what the bar of the grid asks, the look at before and after, and the deed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.doorkeeper import municipality_of
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField, InstantField
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.pages import narrowing
from ozg_tracker.tracking.pages.grid.sent import made_in, made_text, seen_versions
from ozg_tracker.tracking.pages.lines import Line
from ozg_tracker.tracking.pages.row_forms import ChangeForm, Choices
from ozg_tracker.tracking.rows.bulk import Bulk, Look, apply_bulk, look_at_bulk
from ozg_tracker.tracking.rows.rights import Rights
from ozg_tracker.tracking.rows.taking_back import Made, part_of_more, said_at

BULK, LOOK = "bulk", "look"
DEEDS = (BULK, LOOK)
NONE = "none"  # sets a field to no value, where empty leaves it as it is
MADE = "grid_made"
SHOWN = 20  # rows of the look that stand open; the rest unfolds
_CHOICES = ("state", "level", "responsibility", "department", "owner")
_IN = {"class": "ozg-in"}


class BulkForm(forms.Form):
    """New values of several fields, one reason, one day for many rows; an empty field stays as it is in each row."""

    bulk_state = forms.ChoiceField(label=_("Stand"), required=False)
    bulk_level = forms.ChoiceField(label=_("Reifegrad"), required=False)
    bulk_responsibility = forms.ChoiceField(label=_("Zuständigkeit"), required=False)
    bulk_department = forms.ChoiceField(label=_("Fachbereich"), required=False)
    bulk_owner = forms.ChoiceField(label=_("Person"), required=False)
    bulk_planned_on = DayField(label=_("Geplant bis"), required=False)
    bulk_no_date = forms.BooleanField(label=_("Termin leeren"), required=False)
    bulk_reason = forms.CharField(label=_("Begründung"), required=False, widget=forms.TextInput(_IN))
    bulk_effective_on = DayField(label=_("Gilt ab"), required=False, initial=timezone.localdate)

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _CHOICES:
            field = self.fields[f"bulk_{name}"]
            offered = [(value or NONE, words) for value, words in choices.of(name)]
            field.choices = [("", _("(bleibt)")), *offered]  # type: ignore[attr-defined]
            field.widget.attrs["class"] = "ozg-in"
        self.fields["bulk_effective_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("bulk_no_date") and self.cleaned_data.get("bulk_planned_on"):
            sentence = _("Entweder einen neuen Termin nennen oder den Termin leeren.")
            raise ValidationError(sentence, code="two_values")
        if not self.errors and not self.changes():
            raise ValidationError(_("Bitte wählen Sie einen neuen Wert oder einen Tag."), code="nothing_to_do")
        return self.cleaned_data

    def changes(self) -> dict[str, object]:
        sent = {name: self.cleaned_data.get(f"bulk_{name}", "") for name in _CHOICES}
        found: dict[str, object] = {name: _value(name, value) for name, value in sent.items() if value}
        if self.cleaned_data.get("bulk_planned_on"):
            found["planned_on"] = self.cleaned_data["bulk_planned_on"]
        if self.cleaned_data.get("bulk_no_date"):
            found["planned_on"] = None
        return found


def _value(name: str, sent: str) -> object:
    if name in ("state", "responsibility"):
        return sent
    return None if sent == NONE else int(sent)


def begun(data: QueryDict) -> bool:
    """Whether somebody has begun to change many rows: selected some, or filled in more than the day given."""
    filled = (name for name in BulkForm.base_fields if name != "bulk_effective_on")
    return bool(data.getlist("chosen")) or any(data.get(each) for each in filled)


def form_of(data: QueryDict, choices: Choices) -> BulkForm:
    """The bar as it was sent: for its own buttons bound; for any other (Enter presses the first) kept as it is."""
    if data.get("do") in DEEDS:
        return BulkForm(choices, data)
    return BulkForm(choices, initial={name: data[name] for name in BulkForm.base_fields if data.get(name)})


def look_or_apply(
    request: MunicipalityRequest, form: BulkForm, lines: list[Line], rights: Rights, choices: Choices
) -> HttpResponse | None:
    """Show what the bar would change, or change it in all the rows or in none; None: the form says why neither."""
    if not form.is_valid():
        return None
    rows = _rows(request, lines)
    bulk = Bulk(
        rows,
        form.changes(),
        form.cleaned_data["bulk_reason"],
        form.cleaned_data["bulk_effective_on"] or timezone.localdate(),
        dict(made_in(request.POST.get("seen", ""))) or seen_versions(request.POST, lines),
    )
    try:
        if request.POST["do"] == LOOK:
            looked = look_at_bulk(municipality_of(request), bulk, rights=rights)
            return _look(request, form, bulk, looked, choices)
        events = apply_bulk(municipality_of(request), bulk, by=request.user, rights=rights)
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
        return None
    except PermissionDenied as error:
        form.add_error(None, str(error))
        return None
    sentence = ngettext("%(number)d Leistung geändert.", "%(number)d Leistungen geändert.", len(events))
    messages.success(request, sentence % {"number": len(events)})
    remember(request, [(event.row_id, event.version) for event in events])
    return redirect(request.get_full_path())


def _rows(request: MunicipalityRequest, lines: list[Line]) -> list[MunicipalService]:
    """Those looked at before, those selected, or all that the filter finds, on whatever page they stand."""
    if looked_at := dict(made_in(request.POST.get("seen", ""))):
        rows = narrowing.municipality_rows(request).filter(pk__in=looked_at)
        return list(narrowing.with_names(rows).order_by("service__key", "pk"))
    if request.POST.get("all_found"):
        found = narrowing.for_a_file(request, narrowing.chosen(request, narrowing.COLUMNS))
        return list(narrowing.with_names(found).order_by("service__key", "pk"))
    selected = set(request.POST.getlist("chosen"))
    return [line.row for line in lines if str(line.row.pk) in selected]


def _look(request: MunicipalityRequest, form: BulkForm, bulk: Bulk, looked: Look, choices: Choices) -> HttpResponse:
    labels = {name: str(field.label) for name, field in ChangeForm.base_fields.items()}
    steps = [
        (row, [(labels[name], choices.words(name, old), choices.words(name, new)) for name, old, new in changed])
        for row, changed in looked.changed
    ]
    context = {
        "form": form,
        "first": steps[:SHOWN],
        "rest": steps[SHOWN:],
        "number": len(steps),
        "same": looked.same,
        "problems": looked.problems,
        "needs_reason": looked.needs_reason,
        "seen": made_text([(row.pk, row.version) for row in bulk.rows]),
        "query": narrowing.chosen(request, narrowing.COLUMNS),
    }
    return render(request, "tracking/grid/look_at_many.html", context)


def remember(request: MunicipalityRequest, made: Made, said: Made = ()) -> None:
    """Keep what the person's last deed was, so that the grid can take it back as one; `said`: as of `said_at`."""
    request.session[MADE] = {"municipality": municipality_of(request).pk, "made": made_text(made, said)}


def shown_deed(request: MunicipalityRequest, data: QueryDict) -> str:
    """The deed that can be taken back here: the one whose rows the list shows, unless it goes back with more; else the
    person's last one.
    """
    try:
        instant = InstantField(required=False).clean(data.get("changed_at", ""))
    except ValidationError:
        instant = None
    if instant is None:
        return _remembered(request)
    municipality = municipality_of(request)
    events = list(StatusChange.objects.filter(municipality=municipality, recorded_at=instant).order_by("pk"))
    if part_of_more(municipality, events):
        return ""
    return made_text([(event.row_id, event.version) for event in events], said_at(municipality, [instant]))


def _remembered(request: MunicipalityRequest) -> str:
    kept = request.session.get(MADE) or {}
    return str(kept["made"]) if kept.get("municipality") == municipality_of(request).pk else ""
