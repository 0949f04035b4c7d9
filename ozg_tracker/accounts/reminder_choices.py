"""How often and when each person is reminded: the one place that every room's reminders ask.

A room picks people by `may_be_told`, leaves out who had a letter since `told_since`, and tells those of `only_overdue`
of nothing but what is overdue:

    heard = Letter.objects.filter(person=OuterRef("pk"), sent_at__gte=OuterRef("told_since"))
    people = User.objects.filter(may_be_told(moment)).alias(told_since=told_since(moment)).filter(~Exists(heard))
"""

from datetime import date, datetime, time, timedelta

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.utils import timezone

from ozg_tracker.accounts.models import HowOften, ReminderChoice, User

_HOW_OFTEN, _FROM, _UNTIL = (f"reminder_choice__{name}" for name in ("how_often", "quiet_from", "quiet_until"))


def choice_of(user: User) -> ReminderChoice:
    """What the person chose, or what holds for who chose nothing, not stored."""
    return ReminderChoice.objects.filter(user=user).first() or ReminderChoice(user=user)


def choose(user: User, how_often: str, quiet_from: int, quiet_until: int) -> ReminderChoice:
    """Keep what the person wants for oneself. ValidationError for words and hours that there are not."""
    choice = ReminderChoice(user=user, how_often=how_often, quiet_from=quiet_from, quiet_until=quiet_until)
    choice.full_clean(validate_unique=False)
    fresh = {"how_often": how_often, "quiet_from": quiet_from, "quiet_until": quiet_until}
    kept, _made = ReminderChoice.objects.update_or_create(user=user, defaults=fresh)
    return kept


def may_be_told(moment: datetime) -> Q:
    """Of `User`: the hour of `moment` is none of the person's quiet ones."""
    hour = timezone.localtime(moment).hour
    by_day = Q(**{f"{_FROM}__lt": F(_UNTIL)}) & (Q(**{f"{_FROM}__gt": hour}) | Q(**{f"{_UNTIL}__lte": hour}))
    by_night = Q(**{f"{_UNTIL}__lte": hour, f"{_FROM}__gt": hour})  # quiet over midnight
    chosen = Q(**{_FROM: F(_UNTIL)}) | by_day | by_night
    usual = ReminderChoice()
    return chosen | Q(reminder_choice=None) if usual.quiet_until <= hour < usual.quiet_from else chosen


def told_since(moment: datetime) -> Case:
    """Of `User`: the instant since when a letter counts as the one there is for now. A day and a week (from Monday on)
    are those of Europe/Berlin; for who wants to hear at once it is `moment`, and no earlier letter counts.
    """
    today = timezone.localdate(moment)
    return Case(
        When(**{_HOW_OFTEN: HowOften.AT_ONCE}, then=Value(moment)),
        When(only_weekly(), then=Value(_midnight(today - timedelta(days=today.weekday())))),
        default=Value(_midnight(today)),
        output_field=DateTimeField(),
    )


def only_weekly() -> Q:
    """Of `User`: no more than one letter a week."""
    return Q(**{f"{_HOW_OFTEN}__in": (HowOften.WEEKLY, HowOften.NEVER)})


def only_overdue(person: str = "") -> Q:
    """Of `User`, or of what has one under the name `person`: who wants to hear of nothing but what is overdue."""
    return Q(**{f"{person}__{_HOW_OFTEN}" if person else _HOW_OFTEN: HowOften.NEVER})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
