"""Whether a PDF keeps its standards, by a validator that is not ours."""

import re

from page import ValidationProfile, validate_pdf_bytes

PROFILES = (ValidationProfile.PDF_UA_1, ValidationProfile.PDF_A_3A)
# A stream whose last byte is a carriage return, before the line feed that stands in front of "endstream": the validator
# takes both for the end of the line and finds the length wrong. Where that is so, the lengths are looked at here.
_LENGTH_RULE = re.compile("PDFA.*-STREAM-LENGTH-001")
_STREAM = re.compile(rb"/Length (\d+)(?:(?!endobj).)*?>>\s*stream\r?\n", re.DOTALL)


def broken(made: bytes, profile: ValidationProfile) -> list[str]:
    """The rules of `profile` that `made` breaks; none: it keeps the standard."""
    found = {failure.rule_id for failure in validate_pdf_bytes(made, profile=profile).failures}
    return sorted(rule for rule in found if not (_LENGTH_RULE.fullmatch(rule) and _lengths_are_right(made)))


def _lengths_are_right(made: bytes) -> bool:
    ends = [match.end() + int(match[1]) for match in _STREAM.finditer(made)]
    return bool(ends) and all(made[end : end + 10] == b"\nendstream" for end in ends)
