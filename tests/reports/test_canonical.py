"""One text for one set of figures."""

import pytest

from reports import canonical
from tests.reports.sample import sample


def test_the_text_does_not_depend_on_the_order_of_keys():
    assert canonical.dumps({"b": 1, "a": "ä"}) == '{"a":"ä","b":1}' == canonical.dumps({"a": "ä", "b": 1})


def test_what_was_written_is_read_back():
    assert canonical.loads(canonical.dumps(sample())) == canonical.frozen(canonical.dumps(sample())) == sample()


@pytest.mark.parametrize("number", [0.5, 1.0, -0.0, 1e-7, float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize("figures", [lambda n: {"rate": n}, lambda n: {"rates": [n]}, lambda n: {"rates": [1, n]}])
def test_a_float_is_refused(number, figures):
    with pytest.raises(ValueError):  # noqa: PT011 (json and we word it differently)
        canonical.dumps(figures(number))


def test_a_text_that_looks_like_a_float_is_a_text():
    assert canonical.dumps({"name": "Satz:1.5,2e3"}) == '{"name":"Satz:1.5,2e3"}'


def test_the_moment_of_knowing_does_not_make_the_text_be_read_again(monkeypatch):
    monkeypatch.setattr(canonical, "loads", None)
    assert canonical.dumps({"known_at": "2022-12-02T08:15:30.123456Z"}) == '{"known_at":"2022-12-02T08:15:30.123456Z"}'


def test_the_hash_is_the_sha256_of_the_bytes():
    assert canonical.digest("ä") == "33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc"
