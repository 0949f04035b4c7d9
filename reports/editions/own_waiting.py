"""What of the reports waits for a person: to approve an edition, or to say until a day whether it is right."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Deed, Membership, Reach, reach_of
from ozg_tracker.accounts.waiting import Waiting
from reports.models import Edition


def reports(held: Membership) -> Iterator[Waiting]:
    """One query."""
    reach = reach_of(held.role, Deed.REVIEW_EDITIONS)
    if reach is None:
        return
    states = (Edition.State.IN_REVIEW, Edition.State.SUBMITTED)
    found = Edition.objects.filter(municipality=held.municipality, state__in=states)
    for edition in found.defer("figures", "differences").order_by("month", "number"):
        name = _("Sachstandsbericht %(month)s") % {"month": date_format(edition.month, "F Y")}
        where = [edition.month.year, edition.month.month, edition.number]
        if edition.state == Edition.State.SUBMITTED and edition.approver_id == held.user_id:
            yield Waiting(name, _("Berichte"), _("Genehmigen"), reverse("approval", args=where), None, _("vorgelegt"))
        day, here = edition.object_until, reverse("objections", args=where)
        open_ = edition.state == Edition.State.IN_REVIEW and day is not None and day >= timezone.localdate()
        if open_ and reach == Reach.TREE:
            yield Waiting(name, _("Berichte"), _("Durchsehen"), here, day, _("Einwände bis"))
