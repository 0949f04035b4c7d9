"""Keys as people and programs write them."""

import re

from django.utils.translation import gettext as _

from catalog.importing.spelling import plain_word

NO_KEY = frozenset(
    plain_word(word)
    for word in (
        "",
        "nicht im LeiKa",
        "nicht in LeiKa",
        "nicht im LeiKa vorhanden",
        "noch nicht im LeiKa",
        "kein LeiKa",
        "kein LeiKa-Schlüssel",
        "kein Schlüssel",
        "keiner",
        "keine",
        "k. A.",
        "keine Angabe",
        "n. v.",
        "n/a",
    )
)
ROUNDED = "0" * 9
_URN = re.compile(r"^urn:de:fim:leika:leistung:", re.IGNORECASE)
_FRACTION = re.compile(r"[.,]0+$")
_ROUNDED = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.IGNORECASE)


class BadKey(ValueError):
    """A key that cannot be read; the text is the German sentence that says why and what to do."""


def is_key(text: str) -> bool:
    """Whether `text` is a key as most are written. Nine zeros at its end are those of a rounded number: an object may
    be 000, and its service with detail 000 and act 000 is no key that is given out.
    """
    return len(text) == 14 and text.isascii() and text.isdecimal() and text[5:] != ROUNDED


def key_of(text: str) -> str | None:
    """The 14 digits of a key written as number, text, spaced, or as URN; None for "nicht im LeiKa" and the like."""
    if plain_word(text) in NO_KEY:
        return None
    key = _FRACTION.sub("", _URN.sub("", text).replace(" ", "").lstrip("'"))
    if is_key(key):
        return key
    raise BadKey(_why(text, key))


def keys_in(text: str) -> tuple[list[str], list[str]]:
    """The keys of a cell that names several, between commas or the like, and a sentence for each that is none."""
    keys, bad = [], []
    for part in re.split(r"[,;|\n]", text):
        try:
            if key := key_of(part.strip()):
                keys.append(key)
        except BadKey as error:
            bad.append(str(error))
    return keys, bad


def _why(text: str, key: str) -> str:
    shown = f"„{text[:40]}“"
    if _ROUNDED.fullmatch(key) or (len(key) == 14 and key[5:] == ROUNDED):
        return _(
            "Der Schlüssel %(shown)s ist eine gerundete Zahl: Die Tabellenkalkulation hat Ziffern"
            " verworfen. Bitte die Spalte als Text formatieren und den Schlüssel aus der Quelle "
            "neu eintragen."
        ) % {"shown": shown}
    digits = re.findall(r"\d{14}", key)
    if len(digits) > 1:
        return _(
            "In der Zelle %(shown)s stehen mehrere Schlüssel. Bitte für jeden Schlüssel eine eigene Zeile anlegen."
        ) % {"shown": shown}
    if key.isdecimal():
        return _(
            "Der Schlüssel %(shown)s hat %(key)s statt 14 Ziffern. Bitte mit der Quelle vergleichen und berichtigen."
        ) % {"shown": shown, "key": len(key)}
    return _(
        "%(shown)s ist kein LeiKa-Schlüssel. Er hat 14 Ziffern, oder es steht dort „nicht im LeiKa“. Bitte berichtigen."
    ) % {"shown": shown}


def ozg_id_of(text: str) -> str:
    """The five digits of an OZG id, also written as number or as "OZG-10041"; BadKey otherwise."""
    found = _FRACTION.sub("", text.replace(" ", ""))
    found = re.sub(r"^OZG[-_]?", "", found, flags=re.IGNORECASE)
    if len(found) == 5 and found.isascii() and found.isdecimal():
        return found
    if not found:
        raise BadKey(_("Die OZG-ID fehlt. Sie hat fünf Ziffern, etwa 10041. Bitte aus der Quelle ergänzen."))
    raise BadKey(
        _("„%(text)s“ ist keine OZG-ID. Sie hat fünf Ziffern, etwa 10041. Bitte mit der Quelle vergleichen.")
        % {"text": text[:40]}
    )
