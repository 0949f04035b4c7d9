"""Pages of handovers: what was handed over, and handing over what a person holds."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.holdings import Thing
from ozg_tracker.accounts.models import Deed, Deputyship, Municipality, Reach, Role, User, reach_of
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.handover import things
from ozg_tracker.handover.deciding import receivers, refuse_days, rows_to_hand_over, things_to_hand_over
from ozg_tracker.handover.handing_over import hand_over, take_back
from ozg_tracker.handover.holding import held_by, stranded_by_person
from ozg_tracker.handover.models import LONGEST_MESSAGE, Handover, Kind, Why
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
class Line:
    """One service or thing, the name of its field, what is chosen in it, and who can take it."""

    what: MunicipalService | Thing
    key: str
    chosen: str
    people: list[User]

    def __str__(self) -> str:
        return self.what.name if isinstance(self.what, Thing) else str(self.what)


@dataclass
class Part:
    """The services of one department, or things that belong together, with who is chosen for them; and each alone."""

    key: str
    name: str
    people: list[User]
    chosen: str
    lines: list[Line] = field(default_factory=list)
    one_by_one: bool = True


GROUPS = (
    ("drafts", gettext_lazy("Eigene Entwürfe"), (Kind.MERGE, Kind.OWN_LIST)),
    ("rounds", gettext_lazy("Bestätigungsrunden leiten"), (Kind.ROUND,)),
    ("answers", gettext_lazy("In Bestätigungsrunden antworten"), (Kind.ANSWERS,)),
    ("dates", gettext_lazy("Schulungstermine leiten"), (Kind.COURSE_DATE,)),
)


@members_only(Deed.HAND_OVER)
@require_safe
def handovers(request: MunicipalityRequest) -> HttpResponse:
    """What was handed over and what is planned; for the coordination also what nobody can act for."""
    municipality = municipality_of(request)
    found = Handover.objects.visible_to(request.user).filter(municipality=municipality)
    listed = found.select_related("giver", "by").prefetch_related("items__receiver", "others__receiver", "steps")[
        :SHOWN
    ]
    own = things.held(municipality, [request.user.pk])
    number = held_by(municipality, [request.user.pk]).get(request.user.pk, 0)
    context = {
        "handovers": [_told(each) for each in listed],
        "stranded": stranded_by_person(municipality) if _reach(request) == Reach.ALL else [],
        "own": things.words(number, [each.kind for each in own]),
        "deputies": _deputies(request, municipality),
    }
    return render(request, "handover/handovers.html", context)


def _deputies(request: MunicipalityRequest, municipality: Municipality) -> list[tuple[Deputyship, bool]]:
    """Those that the person may see, each with whether the person may call it off; all may who see one."""
    found = Deputyship.objects.visible_to(request.user).filter(municipality=municipality)
    listed = found.select_related("absent", "deputy", "called_off_by").order_by("-until", "-pk")[:SHOWN]
    today = timezone.localdate()
    return [(each, each.called_off_at is None and each.until >= today) for each in listed]


def _reach(request: MunicipalityRequest) -> Reach | None:
    return reach_of(request.membership.role if request.membership else None, Deed.HAND_OVER)


def _told(handover: Handover) -> dict[str, Any]:
    steps = list(handover.steps.all())
    services = Counter(str(item.receiver) for item in handover.items.all())
    kinds: dict[str, list[str]] = {}
    for other in handover.others.all():
        kinds.setdefault(str(other.receiver), []).append(other.kind)
    return {
        "handover": handover,
        "step": steps[-1] if steps else None,
        "taken": [(who, things.words(services[who], kinds.get(who, []))) for who in sorted({*services, *kinds})],
        "open": not steps or steps[-1].kind == "done",
    }


@members_only(Deed.HAND_OVER)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_from(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Choose who takes what; the first button shows what would be, the second does it."""
    municipality = municipality_of(request)
    giver = get_object_or_404(User, pk=pk)
    rows = rows_to_hand_over(municipality, giver, request.user)
    theirs = things_to_hand_over(municipality, giver, request.user)
    if not rows and not theirs and giver != request.user:
        _refuse_strangers(request, municipality, giver)
    form = HandoverForm(request.POST if request.method == "POST" else None)
    day = (form.is_valid() and form.cleaned_data["starts_on"]) or timezone.localdate()
    people = receivers(municipality, giver, request.user, day)
    parts = _parts(rows, people, request.POST)
    if theirs:
        parts += _groups(theirs, people, things.roles_on(municipality, day), request.POST)
    to, others = _chosen(parts)
    if form.is_valid() and "deed" in request.POST:
        said = form.cleaned_data | {"starts_on": day}
        try:
            made = hand_over(municipality, giver, to, others, by=request.user, **said)
        except ValidationError as error:
            _add(form, error)
        else:
            messages.success(request, _said(made, things.words(len(to), [kind for kind, *_more in others])))
            return redirect("handovers")
    elif form.is_valid():
        try:
            refuse_days(**form.cleaned_data | {"starts_on": day})
        except ValidationError as error:
            _add(form, error)
    context = {
        "giver": giver,
        "form": form,
        "parts": parts,
        "held": things.words(len(rows), [each.kind for each in theirs]),
        "one_by_one": any(part.one_by_one for part in parts),
        "summary": _summary(municipality, parts, to, others) if request.method == "POST" else None,
        "day": day,
    }
    return render(request, "handover/hand_over.html", context, status=400 if form.errors else 200)


def _refuse_strangers(request: MunicipalityRequest, municipality: Municipality, giver: User) -> None:
    """Who holds nothing here is there for the coordination alone; else 404."""
    member = giver.memberships.filter(municipality=municipality).exists()
    if not member or _reach(request) != Reach.ALL:
        raise Http404


def _parts(rows: list[MunicipalService], people: list[User], sent: Any) -> list[Part]:
    parts: dict[str, Part] = {}
    for row in rows:
        key = f"to_{row.department_id or 0}"
        office = row.department.name if row.department else _("ohne Fachbereich")
        name = _("Leistungen: %(department)s") % {"department": office}
        part = parts.setdefault(key, Part(key, name, people, sent.get(key, ""), one_by_one=len(rows) <= ONE_BY_ONE))
        own = f"row_{row.pk}"
        part.lines.append(Line(row, own, sent.get(own, ""), people))
    return list(parts.values())


def _groups(theirs: list[Thing], people: list[User], roles: dict[int, Role], sent: Any) -> list[Part]:
    """The things that belong together; for all of them those can be chosen who may hold each."""
    found = []
    for name, title, kinds in GROUPS:
        lines = []
        for each in theirs:
            if each.kind in kinds:
                able = [person for person in people if things.may_hold(each.kind, roles.get(person.pk))]
                own = "_".join(str(part) for part in ("thing", *each.key) if part is not None)
                lines.append(Line(each, own, sent.get(own, ""), able))
        if lines:
            everybody = [person for person in people if all(person in line.people for line in lines)]
            found.append(Part(f"to_{name}", str(title), everybody, sent.get(f"to_{name}", ""), lines))
    return found


def _chosen(parts: list[Part]) -> tuple[dict[int, User], dict[things.Key, User]]:
    """The services by id and the things by key, with who takes each: as chosen for it, else for its part; `stays`, or
    nobody, leaves it.
    """
    rows, others = dict[int, User](), dict[things.Key, User]()
    for part in parts:
        for line in part.lines:
            taker = next((each for each in line.people if str(each.pk) == (line.chosen or part.chosen)), None)
            if taker is not None and isinstance(line.what, Thing):
                others[line.what.key] = taker
            elif taker is not None:
                rows[line.what.pk] = taker
    return rows, others


def _summary(
    municipality: Municipality, parts: list[Part], to: dict[int, User], others: dict[things.Key, User]
) -> dict[str, Any]:
    people = {user.pk: user for user in (*to.values(), *others.values())}
    gain, now = Counter(user.pk for user in to.values()), held_by(municipality, list(people))
    lines = []
    for pk, person in sorted(people.items(), key=lambda each: (-gain[each[0]], str(each[1]))):
        kinds = [kind for (kind, *_more), taker in others.items() if taker.pk == pk]
        before = now.get(pk, 0)
        lines.append((person, things.words(gain[pk], kinds), before + gain[pk] if gain[pk] else None, before))
    all_lines = [line.what for part in parts for line in part.lines]
    left = [each for each in all_lines if isinstance(each, Thing) and each.key not in others]
    rows = sum(not isinstance(each, Thing) for each in all_lines) - len(to)
    return {
        "lines": lines,
        "moving": things.words(len(to), [kind for kind, *_more in others]),
        "staying": things.words(rows, [each.kind for each in left]),
    }


def _said(made: Handover, what: str) -> str:
    if made.starts_on > timezone.localdate():
        return _("Am %(day)s wird übergeben: %(what)s.") % {
            "day": date_format(made.starts_on, "d.m.Y"),
            "what": what,
        }
    return _("Übergeben: %(what)s.") % {"what": what}


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
