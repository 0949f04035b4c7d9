"""Why somebody decided something: asked for, and no longer than where it is kept; models and doors read it here."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST_REASON = 2000  # characters; with what the program says before it, it still fits into the text of an event


def given(reason: str, missing: str) -> str:
    """`reason` without outer spaces; ValidationError `reason_required` (the sentence `missing`) or `too_long`."""
    reason = reason.strip()
    if not reason:
        raise ValidationError(missing, code="reason_required")
    return fitting(reason, LONGEST_REASON)


def fitting(text: str, most: int) -> str:
    """`text`; ValidationError `too_long` for more than `most` characters."""
    if len(text) > most:
        raise too_long(most)
    return text


def refuse_long_reason(reason: str, most: int, code: str = "reason_too_long") -> None:
    """ValidationError of the field `reason` for more than `most` characters, outer spaces not counted."""
    if len(reason.strip()) > most:
        sentence = _("Der Grund ist zu lang: höchstens %(most)d Zeichen.") % {"most": most}
        raise ValidationError({"reason": ValidationError(sentence, code)})


def too_long(most: int) -> ValidationError:
    return ValidationError(_("Der Text ist zu lang: höchstens %s Zeichen.") % most, code="too_long")
