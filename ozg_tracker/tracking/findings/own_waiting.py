"""Findings of the services a person is responsible for or leads, as what waits for that person."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Deed, Membership, Reach, reach_of
from ozg_tracker.accounts.waiting import Waiting
from ozg_tracker.tracking.findings.looking import findings
from ozg_tracker.tracking.findings.rules import Severity
from ozg_tracker.tracking.models import MunicipalService


def found(held: Membership) -> Iterator[Waiting]:
    """Each error with where it is mended in one step, and the warnings in one line; what was put off rests. Seven
    queries at most, and what it takes to know which teams are ready.
    """
    leads = reach_of(held.role, Deed.CHANGE_ROWS) == Reach.TREE and held.department is not None
    mine = Q(owner=held.user)
    narrowed = {"owner": held.user.username}
    if leads and held.department:
        mine |= Q(department__in=tree_ids(held.department))
        narrowed = {"department": str(held.department.pk)}
    rows = MunicipalService.objects.filter(mine, municipality=held.municipality)
    warnings = 0
    for each in findings(rows, timezone.localdate()).present:
        if each.rule.severity != Severity.ERROR:
            warnings += each.count if each.rule.severity == Severity.WARNING else 0
            continue
        words = ngettext("Eine Ihrer Leistungen", "%(n)d Ihrer Leistungen", each.count) % {"n": each.count}
        here = each.rule.address
        if not each.rule.place:
            here += f"&{urlencode(narrowed)}"
        yield Waiting(str(each.rule.title), _("Datenqualität"), str(each.rule.deed), here, words=words)
    if warnings:
        words = ngettext("Eine Warnung", "%(n)d Warnungen", warnings) % {"n": warnings}
        here = "/datenqualitaet/" + (f"?{urlencode(narrowed)}" if leads else "")
        yield Waiting(_("Angaben zu Ihren Leistungen"), _("Datenqualität"), _("Ansehen"), here, words=words)
