"""The demo municipality: invented name and key, three departments with sub-departments, twelve people named by work."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from ozg_tracker.accounts.demo_keys import DEMO_ARS, DEMO_PASSWORD
from ozg_tracker.accounts.departments.changing import add_department
from ozg_tracker.accounts.memberships import Held, record
from ozg_tracker.accounts.models import Department, Municipality, Role, User
from ozg_tracker.tracking.reference import OZG_IN_FORCE
from ozg_tracker.tracking.responsibility.municipality import add_municipality

NAME = "Stadt Musterstadt"

# Each department with its sub-departments; the topics say whose services it takes.
DEPARTMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "Bürgerdienste": {
        "Bürgerbüro": ("Querschnitt", "Recht & Ordnung", "Ein- & Auswanderung", "Engagement & Hobby"),
        "Standesamt": ("Familie & Kind", "Gesundheit"),
    },
    "Bauen und Wirtschaft": {
        "Bauverwaltung": ("Bauen & Wohnen", "Umwelt", "Mobilität & Reisen"),
        "Gewerbeamt": ("Unternehmensführung & -entwicklung", "Forschung & Förderung", "Arbeit & Ruhestand"),
    },
    "Finanzen und Bildung": {
        "Steueramt": ("Steuern & Zoll",),
        "Schulen und Kitas": ("Bildung",),
    },
}


@dataclass(frozen=True)
class Person:
    username: str
    first_name: str
    last_name: str
    role: Role
    department: str = ""


# Five of the ten who learn work in one department, whose trainings the council so sees; those of the two smaller ones
# it does not.
PEOPLE = (
    Person("betrieb", "IT", "Betrieb", Role.OPERATOR),
    Person("koordination", "OZG", "Koordination", Role.COORDINATOR, "Bürgerdienste"),
    Person("leitung.buergerdienste", "Leitung", "Bürgerdienste", Role.MANAGER, "Bürgerdienste"),
    Person("leitung.bauen", "Leitung", "Bauen und Wirtschaft", Role.MANAGER, "Bauen und Wirtschaft"),
    Person("leitung.finanzen", "Leitung", "Finanzen und Bildung", Role.MANAGER, "Finanzen und Bildung"),
    Person("buergerbuero.1", "Sachbearbeitung", "Bürgerbüro 1", Role.STAFF, "Bürgerbüro"),
    Person("buergerbuero.2", "Sachbearbeitung", "Bürgerbüro 2", Role.STAFF, "Bürgerbüro"),
    Person("standesamt.1", "Sachbearbeitung", "Standesamt 1", Role.STAFF, "Standesamt"),
    Person("bauverwaltung.1", "Sachbearbeitung", "Bauverwaltung 1", Role.STAFF, "Bauverwaltung"),
    Person("gewerbeamt.1", "Sachbearbeitung", "Gewerbeamt 1", Role.STAFF, "Gewerbeamt"),
    Person("steueramt.1", "Sachbearbeitung", "Steueramt 1", Role.STAFF, "Steueramt"),
    Person("rat.1", "Mitglied", "des Stadtrats 1", Role.COUNCIL),
)


def make_musterstadt() -> Municipality:
    """Add the demo municipality with its departments and people; returns it. The catalogue must be loaded."""
    municipality = add_municipality(ars=DEMO_ARS, name=NAME, kind=Municipality.Kind.KREISANGEHOERIG).municipality
    departments: dict[str, Department] = {}
    for name, below in DEPARTMENTS.items():
        departments[name] = add_department(municipality, name)
        for sub in below:
            departments[sub] = add_department(municipality, sub, departments[name])
    hashed = make_password(DEMO_PASSWORD)
    held: dict[int, Held] = {}
    for person in PEOPLE:
        user = User.objects.create(
            username=person.username,
            first_name=person.first_name,
            last_name=person.last_name,
            email=f"{person.username}@musterstadt.invalid",
            password=hashed,
        )
        department = departments.get(person.department)
        held[user.pk] = Held(person.role, department.pk if department else None)
    record(municipality, held, effective_on=OZG_IN_FORCE)
    return municipality
