"""What doors say of findings in a sentence."""

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.findings.looking import findings
from ozg_tracker.tracking.models import MunicipalService


def after_an_import(municipality: Municipality) -> str:
    """How many findings there are once something was taken in; "" for none."""
    total = findings(MunicipalService.objects.filter(municipality=municipality), timezone.localdate()).total
    sentence = ngettext(
        "Danach: ein Befund zur Datenqualität, siehe Leistungen, Datenqualität.",
        "Danach: %(n)s Befunde zur Datenqualität, siehe Leistungen, Datenqualität.",
        total,
    )
    return sentence % {"n": number_format(total, force_grouping=True)} if total else ""
