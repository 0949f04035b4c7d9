"""What people type finds the service, however it is spelled."""

import pytest

from catalog.models import Service
from catalog.reading.search import matching
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def services():
    names = ("Personalausweis Ausstellung", "Straßenreinigung", "Kraftfahrzeug Zulassung", "Bürgerbüro Termin")
    return [make.service(f"9900000{n}000000", name) for n, name in enumerate(names)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Ausweiss", ["Personalausweis Ausstellung"]),
        ("Strasse", ["Straßenreinigung"]),
        ("STRASSENREINIGUNG", ["Straßenreinigung"]),
        ("Kfz", ["Kraftfahrzeug Zulassung"]),
        ("Buergerbuero", ["Bürgerbüro Termin"]),
        ("bürgerbüro", ["Bürgerbüro Termin"]),
        ("Aussweiss Hund", []),
    ],
)
def test_a_word_is_found_as_people_spell_it(services, typed, found):
    assert [service.name for service in matching(Service.objects.all(), typed)] == found
