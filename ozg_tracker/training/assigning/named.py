"""Whom, or which services, somebody means who writes names, one a line: those of the municipality."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import Service
from ozg_tracker.accounts.models import Municipality, StaffNumber, User
from ozg_tracker.training.models import learners

LONGEST_LIST = 100_000  # characters


def people_named(municipality: Municipality, text: str) -> list[User]:
    """The people of the lines of `text`, each by mail address, staff number, user name or a full name that only one
    has; two queries. ValidationError with a sentence a line that names nobody (`unknown_person`) or several
    (`several_people`).
    """
    lines = [(number, " ".join(line.split())) for number, line in enumerate(text.splitlines(), 1)]
    known = _known(municipality) if any(words for _number, words in lines) else {}
    found, wrong = dict[int, User](), list[ValidationError]()
    for number, words in lines:
        meant = known.get(words.casefold(), {})
        if len(meant) == 1:
            found |= meant
        elif words:
            wrong.append(_refusal(number, words, len(meant)))
    if wrong:
        raise ValidationError(wrong)
    return list(found.values())


def _known(municipality: Municipality) -> dict[str, dict[int, User]]:
    """What each person can be called here, in lower case."""
    members = learners().filter(municipality=municipality).select_related("user")
    users = {each.user_id: each.user for each in members}
    known: defaultdict[str, dict[int, User]] = defaultdict(dict)
    for pk, user in users.items():
        for word in (user.username, user.email, user.get_full_name()):
            known[word.casefold()][pk] = user
    for pk, number in StaffNumber.objects.filter(municipality=municipality).values_list("user", "number"):
        if pk in users:
            known[number.casefold()][pk] = users[pk]
    return known


def _refusal(number: int, words: str, several: int) -> ValidationError:
    told = {"line": number, "words": words[:80], "n": several}
    if several:
        sentence = _("Zeile %(line)d: „%(words)s“ heißen %(n)d Personen. Bitte nehmen Sie die E-Mail-Adresse.")
        return ValidationError(sentence % told, "several_people")
    sentence = _(
        "Zeile %(line)d: „%(words)s“ gibt es unter den Beschäftigten nicht. Bitte prüfen Sie die Schreibweise."
    )
    return ValidationError(sentence % told, "unknown_person")


def services_named(municipality: Municipality, text: str) -> list[Service]:
    """The services of the lines of `text`, each by key or by a name that only one of the municipality has; two queries.
    ValidationError with a sentence a line that names none (`unknown_service`) or several (`several_services`).
    """
    lines = [(number, " ".join(line.split())) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, words) for number, words in lines if words]
    if not lines:
        return []
    known: defaultdict[str, dict[int, Service]] = defaultdict(dict)
    here = Service.objects.filter(retired_on=None, municipal_services__municipality=municipality)
    for service in here.only("key", "name"):
        for word in (service.key or "", service.name):
            known[" ".join(word.split()).casefold()][service.pk] = service
    found, wrong = dict[int, Service](), list[ValidationError]()
    for number, words in lines:
        meant = known.get(words.replace(" ", "") if words[:2].isdigit() else words.casefold(), {})
        if len(meant) == 1:
            found |= meant
        else:
            told = {"line": number, "words": words[:80], "n": len(meant)}
            several = _("Zeile %(line)d: „%(words)s“ heißen %(n)d Leistungen. Bitte nehmen Sie den Schlüssel.")
            none = _("Zeile %(line)d: „%(words)s“ führt diese Kommune nicht. Bitte prüfen Sie Schlüssel oder Namen.")
            code = "several_services" if meant else "unknown_service"
            wrong.append(ValidationError((several if meant else none) % told, code))
    if wrong:
        raise ValidationError(wrong)
    return list(found.values())
