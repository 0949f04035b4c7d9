"""Anybody's check of a report: a file or a hash in, which edition it is out. Nothing is stored, nobody signs in.

It is counted together with the check by the API: who asked thirty times a minute waits, at either door.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.accounts.signing_in.open_addresses import throttled
from ozg_tracker.api.query import read_query
from reports import signing
from reports.editions.sign import public_keys
from reports.exporting.checking import HASH, Checked, check_file, check_hash
from reports.exporting.embedded import MOST_MB
from reports.publishing.asking import Checking
from reports.telling.checked import ANSWERS, told


@require_http_methods(["GET", "HEAD", "POST"])
@throttled(Checking)
def check(request: MunicipalityRequest) -> HttpResponse:
    """The form, and below it the answer; a hash may stand in the address too, so that an answer can be linked."""
    asked = read_query(request.GET, ("sha256",)).get("sha256", "")
    errors: dict[str, str] = {}
    found: Checked | None = None
    name = ""
    if request.method == "POST":
        file, asked = request.FILES.get("file"), request.POST.get("sha256", "")
        if file and file.size and file.size > MOST_MB * 1024 * 1024:
            errors["file"] = _("Die Datei ist größer als %d MB. Ein Sachstandsbericht ist das nie.") % MOST_MB
        elif file:
            name = file.name or ""
            found = check_file(file.read())
        elif not asked.strip():
            errors["file"] = _("Bitte wählen Sie eine Datei oder schreiben Sie die Prüfsumme.")
    if found is None and asked.strip() and not errors:
        if HASH.fullmatch(asked.strip().lower()):
            found = check_hash(asked)
        else:
            errors["sha256"] = _("Eine Prüfsumme hat 64 Zeichen, Ziffern und die Buchstaben a bis f.")
    answer = told(found) if found else None
    link = f"{reverse('check_report')}?sha256="
    context: dict[str, object] = {
        "answers": ANSWERS,
        "asked": asked,
        "errors": errors,
        "found": found,
        "answer": answer,
        "name": name,
        "link": link,
    }
    return render(request, "reports/checking/check.html", context, status=400 if errors else 200)


@require_safe
@throttled(Checking)
def keys(request: MunicipalityRequest, ars: str) -> HttpResponse:
    """The public keys by which a municipality's signatures are checked, in PEM; 404 without one."""
    read_query(request.GET, ())
    found = public_keys(get_object_or_404(Municipality, ars=ars))
    if not found:
        raise Http404
    days = [
        f"seit {timezone.localdate(since).isoformat()}" if since else "noch ohne Unterschrift" for _key, since in found
    ]
    pieces = [f"# {day}\n{signing.as_pem(key)}" for day, (key, _since) in zip(days, found, strict=True)]
    return HttpResponse("\n".join(pieces), content_type="text/plain; charset=utf-8")
