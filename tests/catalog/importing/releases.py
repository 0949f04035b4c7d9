"""Sequences of releases, and a plain account of what the catalogue must be after each."""

import tempfile
from pathlib import Path

from hypothesis import strategies as st

from catalog.importing.import_catalogue import import_catalogue
from catalog.models import Bundle, BundleVersion, Service, ServiceBundle, ServiceVersion
from tests.catalog.files import csv_text, row

KEYS = ["99001001000000", "99001001002000", "99001001003001", "99002002000000", "nicht im LeiKa"]
TYPES = ["5", "6", "1, 2/3", ""]

lines = st.builds(
    lambda key, name, types, ozg_id, place: row(key, name, types, ozg_id, situation=place, legal_basis=name),
    st.sampled_from(KEYS),
    st.sampled_from(["Abfall", "Bauen"]),
    st.sampled_from(TYPES),
    st.sampled_from(["10001", "10002"]),
    st.sampled_from(["Lage A", "Lage B"]),
)


@st.composite
def files(draw):
    """Rows of a file in which no two contradict each other, and whether it is partial."""
    names, types, found = {}, {}, {}
    for line in draw(st.lists(lines, min_size=1, max_size=7)):
        known = line[5] if line[5].isdecimal() else (line[3], line[4])
        if line[5].isdecimal():
            line[4] = line[7] = names.setdefault(known, line[4])
        line[6] = types.setdefault(known, line[6])
        found[known, line[3]] = line
    places = {}
    for line in found.values():
        line[1] = places.setdefault(line[3], line[1])
    return list(found.values()), draw(st.booleans())


def stored_after(number):
    """The catalogue as known after import `number`, put together from facts, versions and links."""
    services, bundles = {}, {}
    links = ServiceBundle.objects.filter(since__lte=number).exclude(until__lte=number).select_related("bundle")
    ids = {}
    for link in links:
        ids.setdefault(link.service_id, set()).add(link.bundle.ozg_id)
    facts = {each.pk: each for each in Service.objects.filter(since__lte=number)}
    for version in ServiceVersion.objects.filter(since__lte=number, until__gt=number):
        assert version.service_id not in facts
        facts[version.service_id] = version
    for pk, each in facts.items():
        if each.retired_on is None:
            (ozg_id, *_) = ids[pk]
            known = each.key or f"{ozg_id}:{each.name}"
            services[known] = (
                each.key, each.name, each.types, each.legal_basis, each.law, each.countable, frozenset(ids[pk])
            )  # fmt: skip
    held = [(each.ozg_id, each) for each in Bundle.objects.filter(since__lte=number)]
    held += [(each.bundle.ozg_id, each) for each in BundleVersion.objects.filter(since__lte=number, until__gt=number)]
    for ozg_id, each in held:
        assert ozg_id not in bundles
        if each.retired_on is None:
            bundles[ozg_id] = (each.name, each.situation.topic.name, each.situation.name)
    return services, bundles


def load(rows, partial, label):
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(csv_text(rows))
        outcome = import_catalogue(file.name, release=label, partial=partial, allow_shrink=True)
    assert outcome.applied, outcome.problems
    return outcome
