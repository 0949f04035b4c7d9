"""Pages of handovers: what was handed over, and handing over what a person holds."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Municipality, Reach, User, reach_of
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.handover.handing_over import hand_over, receivers, rows_to_hand_over, take_back
from ozg_tracker.handover.holding import held_by, stranded_by_person
from ozg_tracker.handover.models import LONGEST_MESSAGE, Handover, Why
from ozg_tracker.tracking.models import MunicipalService

SHOWN = 100
ONE_BY_ONE = 200  # up to so many services each has a choice of its own
_FIELD = {"class": "ozg-in"}


class HandoverForm(forms.Form):
    """Why and when; the receivers are read beside it."""

    why = forms.ChoiceField(
        label=gettext_lazy("Anlass"), choices=Why.choices, widget=forms.Select(_FIELD), initial=Why.LEAVES
    )
    starts_on = DayField(label=gettext_lazy("Ab"), required=False, help_text=gettext_lazy("leer: ab heute"))
    until = DayField(
        label=gettext_lazy("Bis"), required=False, help_text=gettext_lazy("letzter Tag; nur bei Abwesenheit")
    )
    message = forms.CharField(
        label=gettext_lazy("Nachricht an die Übernehmenden"),
        max_length=LONGEST_MESSAGE,
        required=False,
        widget=forms.TextInput(_FIELD),
    )


@dataclass
class Part:
    """The services of one department, with who is chosen for them; and each on its own."""

    key: str
    name: str
    rows: list[tuple[MunicipalService, str, str]]  # with the name of its field and what is chosen in it
    chosen: str = ""


@members_only(Deed.HAND_OVER)
@require_safe
def handovers(request: MunicipalityRequest) -> HttpResponse:
    """What was handed over and what is planned; for the coordination also what nobody can act for."""
    municipality = municipality_of(request)
    found = Handover.objects.visible_to(request.user).filter(municipality=municipality)
    listed = found.select_related("giver", "by").prefetch_related("items__receiver", "steps")[:SHOWN]
    reach = _reach(request)
    context = {
        "handovers": [_told(each) for each in listed],
        "stranded": stranded_by_person(municipality) if reach == Reach.ALL else [],
        "own": held_by(municipality, [request.user.pk]).get(request.user.pk, 0),
    }
    return render(request, "handover/handovers.html", context)


def _reach(request: MunicipalityRequest) -> Reach | None:
    return reach_of(request.membership.role if request.membership else None, Deed.HAND_OVER)


def _told(handover: Handover) -> dict[str, Any]:
    steps = list(handover.steps.all())
    numbers = Counter(str(item.receiver) for item in handover.items.all())
    return {
        "handover": handover,
        "step": steps[-1] if steps else None,
        "numbers": sorted(numbers.items()),
        "open": not steps or steps[-1].kind == "done",
    }


@members_only(Deed.HAND_OVER)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_from(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Choose who takes what; the first button shows what would be, the second does it."""
    municipality = municipality_of(request)
    giver = _giver(request, municipality, pk)
    rows = rows_to_hand_over(municipality, giver, request.user)
    form = HandoverForm(request.POST if request.method == "POST" else None)
    day = (form.is_valid() and form.cleaned_data["starts_on"]) or timezone.localdate()
    people = receivers(municipality, giver, request.user, day)
    parts = _parts(rows, request.POST)
    to = _chosen(parts, {str(each.pk): each for each in people})
    if form.is_valid() and "deed" in request.POST:
        try:
            made = hand_over(municipality, giver, to, by=request.user, **form.cleaned_data | {"starts_on": day})
        except ValidationError as error:
            _add(form, error)
        else:
            messages.success(request, _said(made, len(to)))
            return redirect("handovers")
    context = {
        "giver": giver,
        "form": form,
        "parts": parts,
        "people": people,
        "number": len(rows),
        "one_by_one": len(rows) <= ONE_BY_ONE,
        "summary": _summary(municipality, to, len(rows)) if request.method == "POST" else None,
        "day": day,
    }
    return render(request, "handover/hand_over.html", context, status=400 if form.errors else 200)


def _giver(request: MunicipalityRequest, municipality: Municipality, person: int) -> User:
    """Who holds something that may be handed over here, or is oneself; else 404."""
    giver = get_object_or_404(User, pk=person)
    if giver != request.user and not rows_to_hand_over(municipality, giver, request.user):
        member = giver.memberships.filter(municipality=municipality).exists()
        if not member or _reach(request) != Reach.ALL:
            raise Http404
    return giver


def _parts(rows: list[MunicipalService], sent: Any) -> list[Part]:
    parts: dict[str, Part] = {}
    for row in rows:
        key = str(row.department_id or 0)
        name = row.department.name if row.department else _("ohne Fachbereich")
        part = parts.setdefault(key, Part(key, name, [], sent.get(f"to_{key}", "")))
        own = f"row_{row.pk}"
        part.rows.append((row, own, sent.get(own, "")))
    return list(parts.values())


def _chosen(parts: list[Part], people: dict[str, User]) -> dict[int, User]:
    """Each service with who takes it: as chosen for it, else for its part; `stays`, or nobody, leaves it."""
    found = {}
    for part in parts:
        for row, _key, own in part.rows:
            if taker := people.get(own or part.chosen):
                found[row.pk] = taker
    return found


def _summary(municipality: Municipality, to: dict[int, User], number: int) -> dict[str, Any]:
    gain = Counter(user.pk for user in to.values())
    now = held_by(municipality, list(gain))
    people = {user.pk: user for user in to.values()}
    lines = [(people[pk], now.get(pk, 0) + more, now.get(pk, 0)) for pk, more in gain.most_common()]
    return {"lines": lines, "moving": len(to), "staying": number - len(to)}


def _said(made: Handover, number: int) -> str:
    words = {"number": number, "day": date_format(made.starts_on, "d.m.Y")}
    if made.starts_on > timezone.localdate():
        return (
            ngettext(
                "Eine Leistung wird am %(day)s übergeben.",
                "%(number)d Leistungen werden am %(day)s übergeben.",
                number,
            )
            % words
        )
    return ngettext("Eine Leistung ist übergeben.", "%(number)d Leistungen sind übergeben.", number) % words


@members_only(Deed.HAND_OVER)
@require_POST
def undo(request: MunicipalityRequest, pk: int) -> HttpResponse:
    visible = Handover.objects.visible_to(request.user).filter(municipality=municipality_of(request))
    handover = get_object_or_404(visible, pk=pk)
    try:
        take_back(handover, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Die Übergabe ist zurückgenommen."))
    return redirect("handovers")


def _add(form: HandoverForm, error: ValidationError) -> None:
    for name, errors in (error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}).items():
        form.add_error(name if name in form.fields else None, errors)
