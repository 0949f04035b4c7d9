"""Looking at a reorganisation before it is done, doing it, and taking one back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.departments.as_of import Tree, tree_as_of
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Membership, Municipality, Reorganisation
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in, named_in
from ozg_tracker.reorganising import choices, telling
from ozg_tracker.reorganising.letters import MOST
from ozg_tracker.reorganising.models import PlannedReorganisation
from ozg_tracker.reorganising.pages.forms import CHOSEN, RULE, ReorganiseForm, UndoForm, entered
from ozg_tracker.reorganising.pages.shares import Sharing, topics_of
from ozg_tracker.reorganising.planning import call_off, do_or_plan, drafts, drop_draft, keep_draft
from ozg_tracker.reorganising.reorganise import Moving, planned
from ozg_tracker.reorganising.undo import obstacle, undo
from ozg_tracker.reorganising.wishes import Plan, Wish, wish_in
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.training.models import Requirement

SHOWN = 50
DRAFT = "draft"
Kind = Reorganisation.Kind
read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@members_only(Deed.MANAGE_PEOPLE)
@read_or_write
def preview(request: MunicipalityRequest) -> HttpResponse:
    """What the deed would do, with GET; with POST it is done. The same fields either way."""
    municipality = municipality_of(request)
    sent = request.POST if request.method == "POST" else request.GET
    tree = tree_as_of(municipality.pk, timezone.localdate())
    form = ReorganiseForm(tree, sent)
    chosen = chosen_in(sent, tree)
    context: dict[str, Any] = {
        "draft": sent.get(DRAFT, ""),
        "form": form,
        "chosen": [(pk, tree[pk].name) for pk in chosen],
    }
    if not set(sent) - {"kind", "department", DRAFT}:
        context["form"] = _begun(tree, sent)
        return render(request, "reorganising/preview.html", context)
    if form.is_valid():
        sharing = (
            Sharing(municipality, chosen, form.named_parts(), sent) if form.cleaned_data["kind"] == Kind.SPLIT else None
        )
        try:
            wish = form.wish(chosen, sharing.shares() if sharing else None)
            if request.method == "POST":
                messages.success(request, _decided(request, wish))
                return redirect("departments")
            advise = not any(name == DRAFT or name.startswith(RULE) for name in sent)
            context |= _looked_at(municipality, *planned(municipality, wish), advise) | {
                "sharing": sharing,
                "sent": _kept(sent),
            }
        except ValidationError as error:
            _add(form, error)
    return render(request, "reorganising/preview.html", context, status=400 if form.errors else 200)


@members_only(Deed.MANAGE_PEOPLE)
@require_safe
def draft(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """The preview of what a draft says, as things stand today."""
    found = get_object_or_404(drafts(municipality_of(request)), pk=pk)
    wish = wish_in(found.wish)
    rows = MunicipalService.objects.filter(municipality=found.municipality, department__in=wish.departments)
    topics = topics_of(dict(rows.values_list("pk", "service"))) if wish.parts else {}
    return redirect(f"{reverse('reorganise')}?{urlencode([*entered(wish, topics), (DRAFT, str(pk))])}")


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def drop(request: MunicipalityRequest, pk: int) -> HttpResponse:
    drop_draft(get_object_or_404(drafts(municipality_of(request)), pk=pk))
    messages.success(request, _("Der Entwurf ist verworfen. Geändert war noch nichts."))
    return redirect("departments")


@members_only(Deed.MANAGE_PEOPLE)
@read_or_write
def undo_reorganisation(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Ask for the reason, or say why it stays; with POST it is taken back."""
    deed = get_object_or_404(Reorganisation.objects.select_related("by"), pk=pk, municipality=municipality_of(request))
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            undo(deed, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Der Umbau ist als Ganzes zurückgenommen."))
            return redirect("departments")
    context = {"told": telling.deeds([deed])[0], "form": form, "obstacle": obstacle(deed)}
    return render(request, "reorganising/undo.html", context, status=400 if form.errors else 200)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def call_off_planned(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """What is planned for a day to come does not happen."""
    found = get_object_or_404(PlannedReorganisation, pk=pk, municipality=municipality_of(request))
    try:
        call_off(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Der vorgesehene Umbau ist abgesagt."))
    return redirect("departments")


def chosen_in(sent: QueryDict, tree: Tree) -> tuple[int, ...]:
    """The departments of the tree that were ticked, each once; what it does not have is not there."""
    found = (id_in(text) for text in sent.getlist("department"))
    return tuple(dict.fromkeys(pk for pk in found if pk in tree))


def _decided(request: MunicipalityRequest, wish: Wish) -> str:
    """Keep it as a draft, or do or plan it, by the button that was pressed; what was its draft is none any more."""
    municipality, sent = municipality_of(request), request.POST
    found = named_in(drafts(municipality), sent.get(DRAFT))
    if "keep" in sent:
        keep_draft(municipality, wish, by=request.user, instead=found)
        return _("Der Umbau ist als Entwurf gesichert. Geändert ist noch nichts.")
    deed = do_or_plan(municipality, wish, by=request.user)
    if found is not None:
        drop_draft(found)
    return _done(deed)


def _begun(tree: Tree, sent: QueryDict) -> ReorganiseForm:
    """An empty form that knows what it is for: the address of „Fachbereich anlegen“ says it."""
    form = ReorganiseForm(tree)
    form.initial["kind"] = sent.get("kind", "")
    return form


def _looked_at(municipality: Municipality, plan: Plan, moving: Moving, advise: bool) -> dict[str, Any]:
    rows = MunicipalService.objects.filter(pk__in=moving.services[:SHOWN])
    people = Membership.objects.filter(municipality=municipality, user__in=moving.people[:SHOWN])
    rules = Requirement.objects.filter(pk__in=[*moving.rules, *moving.resting][: 4 * SHOWN])
    rules = rules.select_related("course", "department")
    leading, new_leads = choices.lead_choices(municipality, plan, moving)
    return {
        "deadlines": choices.deadline_choices(municipality, plan, moving, timezone.localdate()),
        "leading": leading,
        "new_leads": new_leads,
        "plan": plan,
        "moving": moving,
        "sides": telling.compared(municipality, plan, timezone.localdate()),
        "rows": rows.select_related("service", "department", "owner").order_by("service__name"),
        "people": people.select_related("user", "department").order_by("user__last_name", "user__username"),
        "rules": telling.rule_choices(municipality, plan, rules, moving.people, advise),
        "resting": set(moving.resting) - {*plan.wish.staying},
        "target": _targets(plan),
        "editions": telling.editions_that_differ(municipality, plan),
        "access": telling.access_changes(municipality, plan, set(moving.services), set(moving.people)),
        "ahead": plan.wish.effective_on > timezone.localdate(),
        "letters": 0 < len(moving.people) <= MOST,
    }


def _targets(plan: Plan) -> dict[int, str]:
    """By department: what those it gives everything to will be called."""
    return {each.source: plan.after[each.target].name for each in plan.moves if each.share is None}


def _kept(sent: QueryDict) -> list[tuple[str, str]]:
    """What was entered, for the form that does it; what becomes of rules, deadlines and roles is chosen there."""
    ours = (name for name in sent if name not in ("csrfmiddlewaretoken", "keep") and not name.startswith(CHOSEN))
    return [(name, value) for name in ours for value in sent.getlist(name)]


def _done(deed: Reorganisation | PlannedReorganisation) -> str:
    if isinstance(deed, PlannedReorganisation):
        sentence = _("Der Umbau ist für den %(day)s vorgesehen. Bis dahin lässt er sich absagen.")
        return sentence % {"day": date_format(deed.effective_on, "d.m.Y")}
    if not (deed.services or deed.people or deed.rules):
        return _("Die Fachbereiche sind geändert.")
    words: Mapping[str, int] = {"services": deed.services, "people": deed.people, "rules": deed.rules}
    sentence = _("Umgezogen sind Leistungen: %(services)d, Personen: %(people)d, Regeln: %(rules)d.")
    return sentence % words


_FIELDS = {"into": "parent"}


def _add(form: ReorganiseForm, error: ValidationError) -> None:
    """Each sentence beside its field where the form has it, else above them all."""
    for name, errors in (error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}).items():
        field = _FIELDS.get(name, name)
        form.add_error(field if field in form.fields else None, errors)
