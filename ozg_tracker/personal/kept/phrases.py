"""What is said of several tables: the groups they stand in, who sees them, why and how long they are kept."""

from django.conf import settings
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

ACCOUNT, ROLES, TRAINING = _("Konto und Zugang"), _("Rolle und Fachbereich"), _("Schulungen")
WORK, RULES, JOURNAL = _("Arbeit an Leistungen und Berichten"), _("Regeln und Katalog"), _("Journal")
GROUPS = (ACCOUNT, ROLES, TRAINING, WORK, RULES, JOURNAL)

SELF = _("nur die Person selbst")
NOBODY = _("niemand; gespeichert ist nur ein Prüfwert")
COORDINATION = _("OZG-Koordination und Betrieb")
LEADING = _("OZG-Koordination und Leitung")
ALL_OF_ROWS = _("alle, die die Leistung sehen: Koordination, Leitung, Sachbearbeitung")
ALWAYS = _("dauerhaft: Personen und ihre Änderungen werden nicht gelöscht, die Historie nennt sie")
UNTIL_CHANGED = _("bis zur nächsten Änderung")
TRACEABLE = _("nachvollziehen, wer wann was warum geändert hat")
TRAINING_MONTHS = format_lazy(
    _("{months} Monate, nachdem sie ersetzt wurde oder die Person ausgeschieden ist"),
    months=lazystr(settings.TRAINING_RETENTION_MONTHS),
)
JOURNAL_MONTHS = format_lazy(_("{months} Monate"), months=lazystr(settings.JOURNAL_RETENTION_MONTHS))
