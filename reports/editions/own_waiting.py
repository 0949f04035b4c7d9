"""What of the reports waits for a person: to approve one, to object to it until a day, to answer objections and
questions of the council.
"""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Deed, Membership, Reach, reach_of
from ozg_tracker.accounts.waiting import Waiting
from reports.models import Edition, EditionStep
from reports.questions.reading import about, open_questions


def reports(held: Membership) -> Iterator[Waiting]:
    """One query, and two more for who answers objections and questions."""
    yield from _questions(held)
    reach = reach_of(held.role, Deed.REVIEW_EDITIONS)
    if reach is None:
        return
    states = (Edition.State.IN_REVIEW, Edition.State.SUBMITTED)
    found = Edition.objects.filter(municipality=held.municipality, state__in=states)
    unanswered = _unanswered(held)
    for edition in found.defer("figures", "differences").order_by("month", "number"):
        name = _("Sachstandsbericht %(month)s") % {"month": date_format(edition.month, "F Y")}
        where = [edition.month.year, edition.month.month, edition.number]
        if edition.state == Edition.State.SUBMITTED and edition.approver_id == held.user_id:
            yield Waiting(name, _("Berichte"), _("Genehmigen"), reverse("approval", args=where), None, _("vorgelegt"))
        day, here = edition.object_until, reverse("objections", args=where)
        open_ = edition.state == Edition.State.IN_REVIEW and day is not None and day >= timezone.localdate()
        if open_ and reach == Reach.TREE:
            yield Waiting(name, _("Berichte"), _("Durchsehen"), here, day, _("Einwände bis"))
        if number := unanswered.get((edition.month, edition.number), 0):
            words = ngettext("Ein Einwand ohne Antwort", "%(n)d Einwände ohne Antwort", number) % {"n": number}
            here = f"{reverse('review_edition', args=where)}#einwaende"
            yield Waiting(name, _("Berichte"), _("Einwände beantworten"), here, None, words)


def _questions(held: Membership) -> Iterator[Waiting]:
    """Each question of the council that nobody has answered, where the person may."""
    if Deed.ANSWER_QUESTIONS not in held.deeds:
        return
    for each in open_questions(held.municipality):
        words = _("Frage aus dem Rat, %(month)s: %(about)s")
        name = words % {"month": date_format(each.edition.month, "F Y"), "about": about(each)}
        address = f"{reverse('questions')}#frage-{each.pk}"
        asked = _("gefragt am %(day)s") % {"day": date_format(timezone.localdate(each.recorded_at), "d.m.Y")}
        yield Waiting(name, _("Berichte"), _("Beantworten"), address, None, asked)


def _unanswered(held: Membership) -> dict[tuple[date, int], int]:
    """How many objections to each month's edition nobody has answered, where the person may."""
    if Deed.DECIDE_EDITIONS not in held.deeds:
        return {}
    objected = EditionStep.objects.filter(
        kind=EditionStep.Kind.OBJECTED, answer=None, edition__municipality=held.municipality
    )
    numbers = objected.order_by().values_list("edition__month", "edition__number").annotate(Count("pk"))
    return {(month, number): count for month, number, count in numbers}
