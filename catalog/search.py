"""Finding services by what people type: words of name and synonyms, any part of the key, an OZG id."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import Service, ServiceBundle


def matching(services: QuerySet[Service], text: str) -> QuerySet[Service]:
    """Those of `services` in which every word of `text` occurs; digits may be spaced as on paper ("99 102 013")."""
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
    # SQLite folds the case of ASCII letters alone, so a word with an umlaut is tried as people write it
    for form in {word} if word.isascii() else {word, word.lower(), word.capitalize(), word.upper()}:
        found |= Q(name__icontains=form) | Q(name2__icontains=form) | Q(synonyms__icontains=form)
    return found
