"""Finding services by what people type: words of name and synonyms, any part of the key, an OZG id."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import Service, ServiceBundle
from ozg_tracker.api.query import LONGEST_SEARCH


def matching(services: QuerySet[Service], text: str) -> QuerySet[Service]:
    """Those of `services` in which every word of `text` occurs; digits may be spaced as on paper ("99 102 013").

    None for a text of more than 500 characters.
    """
    if len(text) > LONGEST_SEARCH:
        return services.none()
    if _digits(text):
        digits = "".join(text.split())
        in_bundle = ServiceBundle.objects.filter(service=OuterRef("pk"), until=None, bundle__ozg_id=digits)
        return services.filter(Q(key__contains=digits) | Exists(in_bundle))
    for word in text.split():
        services = services.filter(_occurs(word))
    return services


def _digits(text: str) -> bool:
    return "".join(text.split()).isdecimal()


def _occurs(word: str) -> Q:
    if word.isdecimal():
        return Q(key__contains=word) | Q(name__contains=word)
    found = Q()
    for each in _spellings(word):
        for field in ("name", "name2", "synonyms"):
            found |= in_any_case(field, each)
    return found


def in_any_case(field: str, word: str) -> Q:
    """Whether `word` occurs in `field`, in capitals or not.

    SQLite folds the case of ASCII letters alone, so a word with an umlaut is tried as people write it.
    """
    forms = {word} if word.isascii() else {word, word.lower(), word.capitalize(), word.upper()}
    return Q(*((f"{field}__icontains", form) for form in sorted(forms)), _connector=Q.OR)


_UMLAUTS = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("ä", "ae"), ("ö", "oe"), ("ü", "ue"))
_WRITTEN = (("ss", "ß"), ("ß", "ss"), ("ss", "s"), *_UMLAUTS)
_SHORT = (("kfz", "kraftfahrzeug"), ("lkw", "lastkraftwagen"), ("pkw", "personenkraftwagen"))


def _spellings(word: str) -> set[str]:
    """The ways a word is written: Strasse and Straße, Ausweiss for Ausweis, Buergerbuero, Kfz for Kraftfahrzeug."""
    lower = word.lower()
    found = {word} | {lower.replace(old, new) for old, new in _WRITTEN if old in lower}
    if "ae" in lower or "oe" in lower or "ue" in lower:
        found.add(lower.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü"))
    for short, long in _SHORT:
        found |= {lower.replace(old, new) for old, new in ((short, long), (long, short)) if old in lower}
    return found
