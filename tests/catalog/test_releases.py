"""Any sequence of releases, against a plain account of what the catalogue must be and must have been."""

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.importing.deed import import_catalogue
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


class Account:
    """The catalogue as a reader of DESIGN would keep it by hand."""

    def __init__(self):
        self.services, self.bundles = {}, {}
        self.ever, self.new, self.retired = set(), 0, 0

    def load(self, rows, partial):
        before, known = self.services, dict(self.bundles)
        self.services, self.bundles = ({}, {}) if not partial else (dict(before), known)
        said = {}
        for topic, situation, bundle, ozg_id, name, key, types, legal, law in rows:
            self.bundles[ozg_id] = (bundle, topic, situation)
            identity = key if key.isdecimal() else f"{ozg_id}:{name}"
            said.setdefault(identity, (key, name, types, legal, law, {}))[-1][ozg_id] = None
        adopted = self.adopt(said)
        for identity, (key, name, types, legal, law, ids) in said.items():
            same = adopted.get(identity, identity)
            held = before[same][-1] if partial and same in before else frozenset()
            self.services.pop(same, None)
            codes = ";".join(types.split(", ")) if types else ""
            self.services[identity] = (key if key.isdecimal() else None, name, codes, legal, law, frozenset(ids) | held)

        self.new = len(said.keys() - self.ever - adopted.keys())
        self.retired = len(before.keys() - self.services.keys() - set(adopted.values()))
        self.ever = (self.ever | said.keys()) - set(adopted.values())

    def adopt(self, said):
        """Which new keys belong to services known without one: identity now → identity before."""
        found = {}
        for identity, (key, name, *_, ids) in said.items():
            known = [f"{ozg_id}:{name}" for ozg_id in ids if key.isdecimal() and identity not in self.ever]
            free = [each for each in known if each in self.ever and each not in said and each not in found.values()]
            if free:
                found[identity] = free[0]
        return found

    def state(self):
        objects = Counter(identity[:8] for identity in self.services if identity.isdecimal())
        services = {}
        for identity, (key, name, types, legal, law, ids) in self.services.items():
            heading = key and key[8:] == "000000" and objects[key[:8]] > 1
            services[identity] = (key, name, types, legal, law, types != "6" and not heading, ids)
        return services, dict(self.bundles)


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


class TestReleases(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(releases=st.lists(files(), min_size=1, max_size=4))
    def test_every_state_can_be_told_afterwards(self, releases):
        account, expected = Account(), {}
        for number, (rows, partial) in enumerate(releases):
            outcome = load(rows, partial, f"Stand {number}")
            account.load(rows, partial)
            expected[outcome.import_id] = account.state()
            assert (outcome.services.new, outcome.services.retired) == (account.new, account.retired)
        for number, state in expected.items():
            assert stored_after(number) == state
