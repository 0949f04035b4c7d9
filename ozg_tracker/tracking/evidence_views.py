"""The page of evidence: each row's claim against what the public directory shows, and taking in a new file."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.claims import CONTRADICTIONS, Verdict, with_verdict
from ozg_tracker.tracking.evidence_forms import EvidenceUploadForm
from ozg_tracker.tracking.exchange.evidence import EvidenceImport, import_evidence
from ozg_tracker.tracking.models import Evidence, MunicipalService, Responsibility
from ozg_tracker.tracking.querysets import READERS
from ozg_tracker.tracking.uploads import drop, keep

PAGE = 50
_PURPOSE = "evidence"


@members_only(*READERS)
@require_safe
def evidence(request: TownRequest) -> HttpResponse:
    """`?zeige=` narrows to one verdict, or to all that contradict."""
    return _show(request, EvidenceUploadForm())


@members_only(Role.COORDINATOR)
@require_POST
def take_in_evidence(request: TownRequest) -> HttpResponse:
    form = EvidenceUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=400)
    path = keep(form.cleaned_data["file"], request.session, _PURPOSE)
    try:
        outcome = import_evidence(path, town(request))
    except ValidationError as error:
        form.add_error("file", error.messages)
        return _show(request, form, status=400)
    finally:
        drop(request.session, _PURPOSE)
    messages.success(request, _result(outcome))
    return redirect("evidence")


def _result(outcome: EvidenceImport) -> str:
    """The figures of the import in one sentence."""
    words = {name: number_format(count, force_grouping=True) for name, count in outcome.as_json().items()}
    said = _(
        "%(rows)s Zeilen gelesen, %(matched)s davon zu unseren Leistungen: %(agree)s Angaben passen, bei "
        "%(claimed_not_public)s fehlt der Onlinedienst im Verzeichnis, bei %(public_not_claimed)s zeigt es "
        "mehr als unsere Angabe."
    )
    return said % words + (
        " " + _("%(unknown_key)s Zeilen haben einen Schlüssel, den wir nicht führen.") % words
        if outcome.unknown_key
        else ""
    )


def _show(request: TownRequest, form: EvidenceUploadForm, status: int = 200) -> HttpResponse:
    directory = Evidence.objects.filter(row__municipality=town(request), kind=Evidence.Kind.DIRECTORY)
    taken_in = directory.aggregate(on=Max("found_on"))["on"]
    ours = MunicipalService.objects.visible_to(request.user).filter(
        municipality=town(request), responsibility=Responsibility.MUNICIPALITY, service__retired_on=None
    )
    rows = with_verdict(ours)
    counts = dict(rows.order_by().values_list("verdict").annotate(number=Count("pk"))) if taken_in else {}
    against = sum(counts.get(each, 0) for each in CONTRADICTIONS)
    shown = request.GET.get("zeige", "")
    wanted = {"widerspricht": CONTRADICTIONS, **{each.value: (each,) for each in Verdict}}.get(shown, tuple(Verdict))
    listed = rows.filter(verdict__in=wanted).select_related("service", "department", "level")
    page = Paginator(listed.order_by("service__name", "pk"), PAGE).get_page(request.GET.get("seite"))
    chips: list[tuple[str, object, int]] = [
        ("", _("Alle"), sum(counts.values())),
        ("widerspricht", _("widerspricht"), against),
    ]
    chips += [(each.value, each.label, counts.get(each, 0)) for each in (*CONTRADICTIONS, Verdict.AGREE)]
    context = {"page": page, "chips": chips, "shown": shown, "taken_in": taken_in, "form": form}
    return render(request, "tracking/evidence.html", context, status=status)
