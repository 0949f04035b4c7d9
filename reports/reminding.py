"""What people are told of the reports by mail, each thing once: a question to the coordination, its answer to who asked
it; papers that come due, and meetings that were moved or called off. At which hours and how often is each person's
choice, as for every reminder.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Deed, Membership, Municipality, User, who_may
from ozg_tracker.accounts.reminder_choices import only_overdue
from ozg_tracker.accounts.reminding import letters
from ozg_tracker.accounts.reminding.letters import Due
from ozg_tracker.accounts.reminding.rooms import Line, Room
from reports.models import CouncilQuestion, CouncilQuestionStep, Meeting, MeetingEvent, ReportLetter
from reports.questions.reading import about, open_questions

NEWS = timedelta(days=30)  # an answer older than this is no news any more
STAGES = (3, 14)  # days before papers are due


class Reports(Room):
    """Questions of the council and their answers, papers, meetings."""

    claims = ReportLetter

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self._found: dict[int, list[Due]] = {}

    def people(self, municipality: Municipality | None) -> Q:
        asked = [municipality] if municipality else Municipality.objects.all()
        return Q(pk__in={due.person for each in asked for due in self._due(each)})

    def claim(self, people: list[int], municipalities: list[Municipality]) -> Iterable[Line]:
        theirs = set(people)
        found = [due for each in municipalities for due in self._due(each) if due.person in theirs]
        if not found:
            return []
        said = letters.told(ReportLetter, {due.person for due in found}, self.moment)
        strict = set(User.objects.filter(only_overdue(), pk__in=people).values_list("pk", flat=True))
        wanted = [due for due in found if due.key not in said and due.person not in strict]
        return letters.claim(ReportLetter, wanted, self.moment)

    def subject(self, count: int) -> str:
        return ngettext("Eine Nachricht zu den Berichten", "%(count)d Nachrichten zu den Berichten", count) % {
            "count": count
        }

    def opening(self) -> str:
        return _("zu den Berichten an den Rat gibt es Neues:")

    def closing(self) -> str:
        words = {"address": f"{settings.BASE_URL.rstrip('/')}/berichte/"}
        return _("Berichte, Fragen und Sitzungen stehen unter %(address)s.") % words

    def _due(self, municipality: Municipality) -> list[Due]:
        """What is new to somebody; looked up once."""
        if municipality.pk not in self._found:
            found = [
                *_questions(municipality),
                *_answers(municipality, self.moment),
                *_papers(municipality, self.today),
                *_moved(municipality, self.moment),
            ]
            said = letters.told(ReportLetter, {due.person for due in found}, self.moment) if found else set()
            self._found[municipality.pk] = [due for due in found if due.key not in said]
        return self._found[municipality.pk]


def _questions(municipality: Municipality) -> Iterator[Due]:
    waiting = list(open_questions(municipality))
    for person in _who(municipality, Deed.ANSWER_QUESTIONS) if waiting else ():
        for each in waiting:
            words = _("– Frage aus dem Rat zum Bericht %(month)s, %(about)s: bitte beantworten")
            yield Due(municipality.pk, person, f"question-{each.pk}", words % _named(each))


def _answers(municipality: Municipality, moment: datetime) -> Iterator[Due]:
    """To who asked and still belongs to the municipality's council."""
    answered = CouncilQuestionStep.objects.filter(
        kind=CouncilQuestionStep.Kind.ANSWERED,
        question__municipality=municipality,
        recorded_at__gt=moment - NEWS,
        recorded_at__lte=moment,
        question__asked_by__in=_who(municipality, Deed.ASK_QUESTIONS),
    )
    heavy = ("question__edition__figures", "question__edition__differences")
    for each in answered.select_related("question__edition").defer(*heavy):
        words = _("– Ihre Frage zum Bericht %(month)s, %(about)s, ist beantwortet")
        yield Due(
            municipality.pk, each.question.asked_by_id, f"answer-{each.question_id}", words % _named(each.question)
        )


def _papers(municipality: Municipality, today: date) -> Iterator[Due]:
    """Two weeks and three days before, to the coordination; a stage that has passed is not made up for, and a day that
    moves begins anew.
    """
    last = today + timedelta(days=max(STAGES))
    coming = Meeting.objects.filter(municipality=municipality, cancelled=False, due_on__range=(today, last))
    found = list(coming.select_related("committee"))
    for person in _who(municipality, Deed.KEEP_MEETINGS) if found else ():
        for each in found:
            stage = next(stage for stage in STAGES if (each.due_on - today).days <= stage)
            words = _("– Vorlage fällig am %(due)s: %(committee)s, Sitzung am %(day)s")
            yield Due(municipality.pk, person, f"papers-{each.pk}-{each.due_on:%Y%m%d}-{stage}", words % _meeting(each))


def _moved(municipality: Municipality, moment: datetime) -> Iterator[Due]:
    """What happened last to a meeting to come, to the council and the coordination, without who did it."""
    changed = MeetingEvent.objects.filter(
        meeting__municipality=municipality,
        meeting__starts_at__gt=moment,
        meeting__version=F("number"),
        number__gt=1,
        recorded_at__gt=moment - NEWS,
    )
    found = list(changed.select_related("meeting__committee"))
    people = {*_who(municipality, Deed.ASK_QUESTIONS), *_who(municipality, Deed.KEEP_MEETINGS)} if found else set()
    for each in found:
        off, on = _("– Sitzung abgesagt: %(committee)s am %(day)s"), _("– Sitzung geändert: %(committee)s am %(day)s")
        for person in sorted(people - {each.by_id}):
            about = f"meeting-{each.meeting_id}-{each.number}"
            yield Due(municipality.pk, person, about, (off if each.cancelled else on) % _meeting(each.meeting))


def _meeting(meeting: Meeting) -> dict[str, str]:
    return {
        "committee": meeting.committee.name,
        "day": date_format(timezone.localtime(meeting.starts_at), "d.m.Y, H:i"),
        "due": date_format(meeting.due_on, "d.m.Y"),
    }


def _named(question: CouncilQuestion) -> dict[str, str]:
    return {"month": date_format(question.edition.month, "F Y"), "about": about(question)}


def _who(municipality: Municipality, deed: Deed) -> list[int]:
    held = Membership.objects.filter(municipality=municipality, role__in=who_may(deed), user__is_active=True)
    return list(held.order_by("user").values_list("user", flat=True))
