"""The page of evidence: each row's claim against what the public directory shows, and taking in a new file."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.tracking.exchange.import_evidence import EvidenceImport, import_evidence
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.claims import CONTRADICTIONS, Verdict, proven, taken_in_on, with_verdict
from ozg_tracker.tracking.rows.counting import COUNTS, READY
from ozg_tracker.tracking.uploads import refuse_large, remove, store

PAGE = 50


class EvidenceUploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Verzeichnis als Datei (Open-PVOG, CSV oder JSON)"),
        widget=forms.FileInput(attrs={"class": "ozg-in", "accept": ".csv,.json"}),
        error_messages={"required": gettext_lazy("Bitte wählen Sie eine Datei.")},
    )

    def clean_file(self) -> "UploadedFile[Any]":
        return refuse_large(self.cleaned_data["file"])


@members_only(Deed.READ_ROWS)
@require_safe
def evidence(request: MunicipalityRequest) -> HttpResponse:
    """`?verdict=` narrows to one verdict, or to all that contradict."""
    return _show(request, EvidenceUploadForm())


@members_only(Deed.IMPORT_EVIDENCE)
@require_POST
def take_in_evidence(request: MunicipalityRequest) -> HttpResponse:
    form = EvidenceUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=400)
    path = store(form.cleaned_data["file"])
    try:
        outcome = import_evidence(path, municipality_of(request))
    except ValidationError as error:
        form.add_error("file", error.messages)
        return _show(request, form, status=400)
    finally:
        remove(path)
    messages.success(request, _result(outcome))
    return redirect("evidence")


def _result(outcome: EvidenceImport) -> str:
    """The figures of the import in one sentence."""
    words = {name: number_format(count, force_grouping=True) for name, count in outcome.as_json().items()}
    read = ngettext(
        "%(rows)s Zeile gelesen, %(matched)s davon zu unseren Leistungen",
        "%(rows)s Zeilen gelesen, %(matched)s davon zu unseren Leistungen",
        outcome.rows,
    )
    agree = ngettext("%(agree)s Angabe passt", "%(agree)s Angaben passen", outcome.agree)
    against = _(
        "bei %(claimed_not_public)s fehlt der Onlinedienst im Verzeichnis, bei %(public_not_claimed)s zeigt es "
        "mehr als unsere Angabe."
    )
    unknown = ngettext(
        "%(unknown_key)s Zeile hat einen Schlüssel, den wir nicht führen.",
        "%(unknown_key)s Zeilen haben einen Schlüssel, den wir nicht führen.",
        outcome.unknown_key,
    )
    said = f"{read}: {agree}, {against}" + (f" {unknown}" if outcome.unknown_key else "")
    return said % words


def _show(request: MunicipalityRequest, form: EvidenceUploadForm, status: int = 200) -> HttpResponse:
    taken_in = taken_in_on(municipality_of(request))
    every = MunicipalService.objects.visible_to(request.user).filter(municipality=municipality_of(request))
    rows = with_verdict(every)
    counts = dict(rows.order_by().values_list("verdict").annotate(number=Count("pk"))) if taken_in else {}
    against = sum(counts.get(each, 0) for each in CONTRADICTIONS)
    asked = read_query(request.GET, ("verdict", *PAGED))
    shown = asked.get("verdict", "")
    verdicts = {"": tuple(Verdict), "contradicts": CONTRADICTIONS, **{each.value: (each,) for each in Verdict}}
    wanted = verdicts.get(shown, ())  # a wrong value must not show everything
    listed = rows.filter(verdict__in=wanted).select_related("service", "department", "level")
    page = page_of(listed.order_by("service__name", "pk"), PAGE, asked)
    chips: list[tuple[str, object, int]] = [
        ("", _("Alle"), sum(counts.values())),
        ("contradicts", _("widerspricht"), against),
    ]
    chips += [(each.value, each.label, counts.get(each, 0)) for each in (*CONTRADICTIONS, Verdict.AGREE)]
    context: dict[str, Any] = {"page": page, "chips": chips, "shown": shown, "taken_in": taken_in, "form": form}
    if taken_in:
        context |= {"proven": proven(every).count(), "ready": every.filter(COUNTS, READY).count()}
    return render(request, "tracking/rows/evidence.html", context, status=status)
