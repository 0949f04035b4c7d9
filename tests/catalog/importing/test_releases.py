"""Any sequence of releases, against a plain account of what the catalogue must be and must have been."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.catalog.importing.releases import files, load, stored_after


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
