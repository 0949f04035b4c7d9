"""Whatever stands where an address or a form names something by its id: the answer is never an error of ours."""

import pytest
from django.test import Client

from tests import make
from tests.api.programs import as_role

ODD = ("1" * 30, "1" * 5000, "²", "١", "-1", "0x1", str(2**63))

QUERIES = (
    ("leistungen/", "department"),
    ("leistungen/", "owner"),
    ("leistungen/", "topic"),
    ("leistungen/", "page"),
    ("schulungen/", "report"),
    ("schulungen/", "date"),
    ("schulungen/fachbereich/", "suspend"),
    ("katalog/vergleich/", "before"),
    ("katalog/vergleich/", "after"),
    ("katalog/profile/kreisangehoerig/", "version"),
    ("berichte/", "year"),
    ("leistungen/klaeren/", "page"),
    ("datenqualitaet/", "department"),
    ("datenqualitaet/not_rated/", "page"),
    ("leistungen/eigene/neu/", "bundle"),
)

FORMS = (
    ("leistungen/", {"row": None, "do": "save"}),
    ("leistungen/", {"row": None, "chosen": None, "do": "bulk", "bulk_state": "open"}),
    ("leistungen/", {"row": None, "chosen": None, "do": "bulk", "bulk_level": "none", "bulk_reason": "Zählung"}),
    ("katalog/importe/{import}/nachfolgen/", {"succession": None}),
    ("datenqualitaet/not_rated/zurueckstellen/", {"rows": None, "until": "2199-01-01", "reason": "x"}),
    ("leistungen/klaeren/", {"row": "{odd}-{odd}-{odd}", "chosen": None, "decision": "state", "reason": "Gesetz"}),
)


@pytest.fixture
def browser(db):
    make.catalogue_import()
    make.row(level=1)
    browser = Client()
    browser.force_login(make.user())
    return browser


@pytest.mark.parametrize("odd", ODD, ids=lambda text: text[:8])
@pytest.mark.parametrize(("address", "name"), QUERIES)
def test_an_odd_id_in_an_address_is_no_error_of_ours(browser, address, name, odd):
    assert browser.get(f"/{address}", {name: odd}).status_code in (200, 400, 404)


@pytest.mark.parametrize("odd", ODD, ids=lambda text: text[:8])
@pytest.mark.parametrize(("address", "fields"), FORMS)
def test_an_odd_id_in_a_form_is_no_error_of_ours(browser, address, fields, odd):
    address = address.replace("{import}", str(make.catalogue_import().pk))
    sent = {name: odd if value is None else value.replace("{odd}", odd) for name, value in fields.items()}
    assert browser.post(f"/{address}", sent).status_code in (200, 302, 400, 404)


@pytest.mark.parametrize("odd", ODD, ids=lambda text: text[:8])
@pytest.mark.parametrize(
    "address", ["leistungen", "katalog/leistungen", "katalog/importe", "personen", "api/v1/services"]
)
def test_an_odd_id_in_the_path_names_nothing(browser, address, odd):
    assert browser.get(f"/{address}/{odd}/").status_code == 404


@pytest.mark.parametrize("odd", ODD, ids=lambda text: text[:8])
def test_a_program_that_names_an_odd_id_is_told_and_nothing_breaks(db, odd):
    row = make.row(level=1)
    program = as_role("coordinator")
    assert program.read("municipal-services/", department=odd).status_code == 400
    assert program.change(f"municipal-services/{odd}/", {"state": "open"}, **{"If-Match": "*"}).status_code == 404
    assert program.change(f"municipal-services/{row.pk}/", {"department": odd}, **{"If-Match": "*"}).status_code == 400
    changes = [{"id": 10**30, "version": 1}, {"id": row.pk, "version": 10**30}]
    for each in changes:
        assert program.send("municipal-services/bulk/", {"changes": [each | {"note": "x"}]}).status_code in (
            400,
            409,
            412,
        )
