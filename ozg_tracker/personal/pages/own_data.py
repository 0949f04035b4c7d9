"""Pages: what is stored of oneself, and what is stored of staff, field by field."""

import json
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.personal.kept import KEPT, Kept
from ozg_tracker.personal.own_file import rows_of, take_own_file
from ozg_tracker.personal.paper import paper


@login_required
@require_safe
def own_data(request: MunicipalityRequest) -> HttpResponse:
    """How much of each table concerns the person, and the way to all of it."""
    groups = [
        (group, [(kept, _fields(kept), rows_of(kept, request.user).count()) for kept in each])
        for group, each in groupby(KEPT, lambda kept: kept.group)
    ]
    return render(request, "personal/own_data.html", {"groups": groups, "now": timezone.now()})


@login_required
@require_safe
@never_cache
def own_data_file(request: MunicipalityRequest, form: str) -> HttpResponse:
    """All of it as JSON for programs, as PDF to read."""
    read_query(request.GET, ())
    if form not in ("json", "pdf"):
        raise Http404
    told = take_own_file(request.user, form)
    if form == "json":
        made, kind = json.dumps(told, ensure_ascii=False, indent=1).encode(), "application/json"
    else:
        made, kind = paper(told), "application/pdf"
    headers = {"Content-Disposition": f'attachment; filename="auskunft-{timezone.localdate()}.{form}"'}
    return HttpResponse(made, content_type=kind, headers=headers)


@login_required
@require_safe
def kept_fields(request: MunicipalityRequest) -> HttpResponse:
    """For the works council and staff: every field, from the models."""
    groups = [
        (group, [(kept, list(kept.named())) for kept in each]) for group, each in groupby(KEPT, lambda kept: kept.group)
    ]
    count = sum(len(fields) for _group, tables in groups for _kept, fields in tables)
    return render(request, "personal/kept_fields.html", {"groups": groups, "fields": count, "tables": len(KEPT)})


def _fields(kept: Kept) -> str:
    return ", ".join(word for _name, word in kept.named())
