"""The pages of webhooks: whom the municipality lets be told, how each stands, and what was sent."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.journal.telling import in_one_line
from ozg_tracker.accounts.models import Deed, JournalEntry, Scope
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import seen_version
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.webhooks import keeping
from ozg_tracker.webhooks.models import LONGEST_ADDRESS, PARTS, Delivery, State, Webhook, WebhookQuerySet
from ozg_tracker.webhooks.sending import PROBLEMS

_IN = {"class": "ozg-in"}
PAGE = 20  # messages
HISTORY = 20  # entries of the journal


class WebhookForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Bezeichnung"),
        max_length=80,
        help_text=gettext_lazy("Welches Programm Nachricht bekommt, z. B. „DMS der Hauptverwaltung“."),
        widget=forms.TextInput(_IN | {"autocomplete": "off"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Adresse"),
        max_length=LONGEST_ADDRESS,
        help_text=gettext_lazy("Wohin gesendet wird: https://…, im öffentlichen Netz."),
        widget=forms.URLInput(_IN | {"autocomplete": "off"}),
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Gemeldet wird, was hier geschieht"),
        choices=list(PARTS.items()),
        initial=[Scope.STATUS, Scope.REPORTS],
        error_messages={"required": gettext_lazy("Bitte wählen Sie mindestens einen Bereich.")},
        widget=forms.CheckboxSelectMultiple(),
    )


@members_only(Deed.KEEP_WEBHOOKS)
@require_safe
def webhooks(request: MunicipalityRequest) -> HttpResponse:
    """All of the municipality; those that are ended last."""
    read_query(request.GET, ())
    found = list(_visible(request))
    context = {
        "standing": [each for each in found if each.state != State.ENDED],
        "ended": [each for each in found if each.state == State.ENDED],
    }
    return render(request, "webhooks/list.html", context)


@members_only(Deed.KEEP_WEBHOOKS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_webhook(request: MunicipalityRequest) -> HttpResponse:
    """Show the new secret this one time; a reload would set up another, so it is not redirected and not cached."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = keeping.set_up(municipality_of(request), **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _webhook(request, made, secret=secret)
    return render(request, "webhooks/new.html", {"form": form}, status=400 if form.errors else 200)


@members_only(Deed.KEEP_WEBHOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """How it stands and what can be done with it; what is sent here changes it."""
    held = _found(request, pk)
    if request.method != "POST":
        return _webhook(request, held)
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            keeping.change(held, seen_version(request.POST), request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("webhook", held.pk)
    return _webhook(request, held, form=form)


@members_only(Deed.KEEP_WEBHOOKS)
@never_cache
@require_POST
def renew(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Show the new secret this one time."""
    held = _found(request, pk)
    try:
        made, secret = keeping.renew(held, seen_version(request.POST), request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("webhook", held.pk)
    return _webhook(request, made, secret=secret)


@members_only(Deed.KEEP_WEBHOOKS)
@require_POST
def pause(request: MunicipalityRequest, pk: int) -> HttpResponseRedirect:
    return _done(request, pk, keeping.pause, _("Angehalten. Verloren geht nichts: Beim Fortsetzen wird nachgeholt."))


@members_only(Deed.KEEP_WEBHOOKS)
@require_POST
def resume(request: MunicipalityRequest, pk: int) -> HttpResponseRedirect:
    return _done(request, pk, keeping.resume, _("Es geht weiter. Was wartet, wird in den nächsten Minuten gesendet."))


@members_only(Deed.KEEP_WEBHOOKS)
@require_POST
def end(request: MunicipalityRequest, pk: int) -> HttpResponseRedirect:
    return _done(request, pk, keeping.end, _("Beendet. An diese Adresse wird nichts mehr gesendet."))


@members_only(Deed.KEEP_WEBHOOKS)
@require_POST
def probe(request: MunicipalityRequest, pk: int) -> HttpResponseRedirect:
    held = _found(request, pk)
    return _sent(request, held, lambda: keeping.probe(held, request.user))


@members_only(Deed.KEEP_WEBHOOKS)
@require_POST
def resend(request: MunicipalityRequest, pk: int) -> HttpResponseRedirect:
    sent = Delivery.objects.select_related("webhook__municipality").filter(webhook__in=_visible(request))
    delivery = get_object_or_404(sent, pk=pk)
    return _sent(request, delivery.webhook, lambda: keeping.resend(delivery, request.user))


def _webhook(
    request: MunicipalityRequest, held: Webhook, *, secret: str = "", form: WebhookForm | None = None
) -> HttpResponse:
    page = page_of(held.deliveries.defer("body"), PAGE, read_query(request.GET, PAGED))
    history = JournalEntry.objects.filter(
        municipality=held.municipality_id, kind=journal.Kind.MUNICIPALITY, about__startswith=f"Webhook {held.pk}: "
    )
    context = {
        "webhook": held,
        "secret": secret,
        "form": form or WebhookForm(initial={"name": held.name, "url": held.url, "parts": held.parts.split()}),
        "page": page,
        "lines": [(each, PROBLEMS.get(each.problem, "")) for each in page],
        "history": [(each, in_one_line(each)) for each in history.select_related("by")[:HISTORY]],
    }
    return render(request, "webhooks/webhook.html", context, status=400 if form is not None else 200)


def _done(
    request: MunicipalityRequest, pk: int, deed: Callable[[Webhook, int, Any], Webhook], said: str
) -> HttpResponseRedirect:
    held = _found(request, pk)
    try:
        deed(held, seen_version(request.POST), request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)
    return redirect("webhook", held.pk)


def _sent(request: MunicipalityRequest, held: Webhook, deed: Callable[[], Delivery]) -> HttpResponseRedirect:
    """Tell what came of an attempt that somebody asked for."""
    try:
        delivery = deed()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("webhook", held.pk)
    answer = _("Antwort: %(status)d.") % {"status": delivery.status} if delivery.status else ""
    if delivery.problem:
        why = _("Nicht angenommen: %(why)s") % {"why": PROBLEMS[delivery.problem]}
        messages.error(request, f"{why} {answer}".strip())
    else:
        messages.success(request, f"{_('Gesendet und angenommen.')} {answer}")
    return redirect("webhook", held.pk)


def _visible(request: MunicipalityRequest) -> WebhookQuerySet:
    return Webhook.objects.visible_to(request.user).filter(municipality=municipality_of(request))


def _found(request: MunicipalityRequest, pk: int) -> Webhook:
    return get_object_or_404(_visible(request).select_related("municipality"), pk=pk)
