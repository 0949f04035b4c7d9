"""The sheet on which a draft is reviewed, and what the second person reads of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.tracking.findings.rules import RULES
from reports import months
from reports.editions.answers import answers_of, steps_of
from reports.editions.checklist import looked_at
from reports.editions.disagreeing import deviating
from reports.editions.texts import Kind, Reason, findings_of, raw_figures, reasons_of, texts_of, unexplained
from reports.models import Edition, EditionStep
from reports.telling import findings, labels, wording
from reports.telling.key_figures import key_figures
from reports.telling.voices import SECTIONS, also_seen, staying

SHOWN = 5  # reasons; those that may name a person are all shown
# where what is missing is mended, as of today
_MENDED = {
    "no_department": "/leistungen/?department=none&responsibility=municipality",
    "not_rated": "/leistungen/?department=&level=none&counts=true",
    "other_model": "/leistungen/?department=&awaits_rating=true&counts=true",
    "planned_passed": "/leistungen/?department=&plan_passed=true",
    "responsibility_unclear": "/leistungen/klaeren/",
}


@dataclass(frozen=True)
class Lacking:
    code: str
    count: int
    name: str
    address: str
    text: str


@dataclass(frozen=True)
class Worded:
    """A reason with the words that will stand in the report."""

    about: str
    entered: str
    services: list[str]
    personal: bool
    text: str

    @property
    def more(self) -> int:
        return len(self.services) - 1


@dataclass(frozen=True)
class Comment:
    section: str
    name: str
    text: str


def sheet(edition: Edition, sent: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Everything that a draft's review shows: what was stored, or `sent` where a form comes back."""
    figures, texts = raw_figures(edition), texts_of(edition)

    def text(kind: str, about: str, default: str = "") -> str:
        stored = texts[kind, about].text if (kind, about) in texts else default
        return sent.get(f"{kind}-{about}", stored) if sent is not None else stored

    reasons = [_worded(each, text(Kind.WORDING, each.about, each.entered)) for each in reasons_of(figures)]
    shown = max(SHOWN, sum(each.personal for each in reasons))
    steps = list(steps_of(edition))
    return {
        "findings": [
            Lacking(code, each["count"], labels.quality(code), _mended(code), text(Kind.FINDING, code))
            for each in (*findings_of(figures), *looked_at(edition))
            if each["count"] and (code := each["code"]) not in labels.SAID
        ],
        "unexplained": unexplained(figures),
        "first": reasons[:shown],
        "rest": reasons[shown:],
        "reasons_count": len(reasons),
        "comments": [Comment(code, str(name), text(Kind.COMMENT, code)) for code, name in SECTIONS.items()],
        "answers": answers_of(edition),
        "objections": [each for each in steps if each.kind == EditionStep.Kind.OBJECTED],
        "said": any(each.kind == EditionStep.Kind.OPENED for each in steps),
        "steps": steps,
        "key_figures": key_figures(figures),
    }


def _mended(code: str) -> str:
    return _MENDED.get(code) or (RULES[code].address if code in RULES else "")


def _worded(reason: Reason, text: str) -> Worded:
    return Worded(reason.about, reason.entered, reason.services, reason.personal, text)


def checked(edition: Edition, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was looked at before the edition was submitted: findings, reasons, objections."""
    seen = [
        each for each in (*figures["quality"], *also_seen(figures)) if each["count"] and each["code"] not in labels.SAID
    ]
    explained = len(staying(figures))
    texts = texts_of(edition)
    reworded = sum(1 for kind, _about in texts if kind == Kind.WORDING)
    reasons = len(reasons_of(raw_figures(edition)))
    answers = answers_of(edition)
    raised = sum(len(each.objections) for each in answers)
    words = {"n": wording.number(len(seen)), "explained": wording.number(explained)}
    found = [
        (_("Befunde"), _("%(n)s gesehen, %(explained)s bleiben mit Begründung") % words),
        (
            _("Begründungen"),
            ngettext("%(n)s Text, davon %(r)s umformuliert", "%(n)s Texte, davon %(r)s umformuliert", reasons)
            % {"n": wording.number(reasons), "r": wording.number(reworded)},
        ),
    ]
    if edition.object_until:
        said = sum(1 for each in answers if each.given)
        told = ngettext(
            "%(n)s Einwand, %(said)s von %(all)s Fachbereichen haben geantwortet",
            "%(n)s Einwände, %(said)s von %(all)s Fachbereichen haben geantwortet",
            raised,
        )
        found.append((_("Einwände"), told % {"n": raised, "said": said, "all": len(answers)}))
    return [*found, (_("Frühere Monate"), _earlier(edition, figures))]


def _earlier(edition: Edition, figures: Mapping[str, Any]) -> str:
    """Whether the months before count what their own reports say, and which do not."""
    standing = Edition.objects.standing().filter(municipality=edition.municipality_id)
    names = [wording.month(months.name(each.month)) for each in deviating(standing, figures)]
    if not names:
        return _("zählen, was ihre Berichte sagen")
    return _("heute anders gezählt und nicht berichtigt: %s; der Bericht nennt beide Zahlen") % ", ".join(names)


def stays(figures: Mapping[str, Any]) -> list[str]:
    """What the data still lack, with the reason where one was given."""
    return findings.quality(figures)
