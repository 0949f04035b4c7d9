"""The three pages of a list: brought in, looked at, taken over. Its user says how it is read and what is shown."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from ozg_tracker.accounts.doorkeeper import municipality_of
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.tracking.list_forms import FileForm, ListForm
from ozg_tracker.tracking.uploads import FILE, Kept, keep, kept, remove

SHOWN = 200  # lines of each kind in a preview


@dataclass(frozen=True)
class ListPages:
    """`purpose`: of the kept file; `entry`, `preview`, `done`: names of addresses; `templates`: of entry and preview.

    `read(request, kept, dry_run)` gives an outcome with `applied`; a dry run is the same without its last step.
    `told(outcome)`: what was done, as a sentence. `shown(request, kept, outcome)`: what the preview's template is given
    beside the file's `name` and `token`. `keys`: what the preview's address may say beside the file.
    """

    purpose: str
    entry: str
    preview: str
    done: str
    templates: tuple[str, str]
    read: Callable[[MunicipalityRequest, Kept, bool], Any]
    told: Callable[[Any], str]
    shown: Callable[[MunicipalityRequest, Kept, Any], Mapping[str, Any]]
    keys: Collection[str] = ()

    def enter(
        self, request: MunicipalityRequest, form: FileForm | ListForm, context: Mapping[str, Any], option: str = ""
    ) -> HttpResponse:
        """Keep what a sent form brings, with the row that its field `option` names; nothing is changed yet."""
        if not (form.is_bound and form.is_valid()):
            status = 400 if form.is_bound else 200
            return render(request, self.templates[0], {"form": form, **context}, status=status)
        file = form.sent()
        chosen = form.cleaned_data[option] if option else None
        options = {option: chosen and chosen.pk} if option else {}
        token = keep(file, self.purpose, request.user, municipality_of(request), **options)
        return redirect(f"{reverse(self.preview)}?{urlencode({FILE: token})}")

    def look(self, request: MunicipalityRequest) -> HttpResponse:
        """What taking over would do."""
        return self._go_on(request, read_query(request.GET, (FILE, *self.keys)).get(FILE, ""), dry_run=True)

    def take_over(self, request: MunicipalityRequest) -> HttpResponse:
        """Do it; refused, the preview says why."""
        return self._go_on(request, request.POST.get(FILE, ""), dry_run=False)

    def _go_on(self, request: MunicipalityRequest, token: str, *, dry_run: bool) -> HttpResponse:
        found = kept(token, self.purpose, request.user, municipality_of(request))
        if found is None:
            messages.error(request, _("Die Liste ist nicht mehr da. Bitte geben Sie sie noch einmal ein."))
            return redirect(self.entry)
        outcome = self.read(request, found, dry_run)
        if outcome.applied:
            remove(found.path)
            messages.success(request, self.told(outcome))
            return redirect(self.done)
        context = {"name": found.path.name, "token": token, **self.shown(request, found, outcome)}
        return render(request, self.templates[1], context, status=200 if dry_run else 400)
