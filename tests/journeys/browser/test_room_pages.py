"""Pages of reports, trainings, catalogue and evidence: for everybody, on a phone, without a script, from this host."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from catalog.models import ImportProblem
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Evidence
from ozg_tracker.training.models import Completion, Course, CourseDate, Requirement, TrainingTask
from reports import canonical, months
from reports.exporting.export_edition import export_edition
from reports.models import Edition
from tests import make
from tests.journeys.browser.looking import sideways, violations
from tests.reports.made_editions import approved, crowded
from tests.reports.sample import sample

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "coordinator": (
        "/berichte/",
        "/berichte/2022/11/",
        "/berichte/2022/11/1/",
        "/berichte/2022/11/berichtigen/",
        "/berichte/vergleich/",
        "/berichte/{running}/vorschau/",
        "/schulungen/",
        "/schulungen/?report={task}",
        "/schulungen/?date={task}",
        "/schulungen/fachbereich/",
        "/schulungen/fachbereich/?suspend={theirs}",
        "/schulungen/zuweisen/",
        "/schulungen/kurse/",
        "/schulungen/kurse/neu/",
        "/schulungen/kurse/?archived=true",
        "/schulungen/kurse/neu/?topic=datenschutz",
        "/schulungen/kurse/vorschlaege/",
        "/schulungen/kurse/{course}/",
        "/schulungen/kurse/{course}/aendern/",
        "/schulungen/kurse/{course}/termine/",
        "/schulungen/termine/{date}/",
        "/schulungen/termine/{date}/aendern/",
        "/schulungen/termine/{date}/absagen/",
        "/personen/",
        "/personen/?q=niemand",
        "/personen/neu/",
        "/personen/{member}/",
        "/katalog/",
        "/katalog/importe/{import}/",
        "/katalog/importe/{import}/zuruecknehmen/",
        "/katalog/vergleich/",
        "/katalog/hochladen/",
        "/katalog/themen/",
        "/katalog/buendel/10041/",
        "/katalog/suche/?q=hund",
        "/katalog/leistungen/{service}/",
        "/katalog/profile/",
        "/katalog/profile/kreisangehoerig/",
        "/katalog/profile/kreisangehoerig/aendern/?criterion=ozg_id&value=10001",
        "/datenqualitaet/",
        "/datenqualitaet/not_rated/",
        "/datenqualitaet/done_below/",
        "/leistungen/klaeren/",
        "/leistungen/klaeren/?suggestion=federation",
        "/leistungen/eigene/",
        "/leistungen/eigene/neu/",
        "/leistungen/eigene/{own}/",
        "/nachweise/",
        "/nachweise/?verdict=contradicts",
    ),
    "council": ("/berichte/", "/berichte/2022/", "/berichte/2022/11/"),
    "operator": ("/", "/personen/"),
}


@pytest.fixture
def municipality():
    """A little of everything; returns what addresses need, and the people by role."""
    office = make.department("Bürgerbüro")
    service = make.service(synonyms="Hundemarke")
    row = make.row(service, level=3, department=office)
    make.row(make.service("99102014104000", "Zweitwohnungssteuer Anmeldung"), responsibility="unclear")
    own = make.own_row("Bürgerbus").service.own
    own.changes.create(kind="added", name="Bürgerbus", recorded_at=timezone.now(), reason="Ratsbeschluss")
    people = {"coordinator": make.user(), "council": make.user("rat", role=Role.COUNCIL)}
    people["operator"] = make.user("betrieb", role=Role.OPERATOR)
    clerk = make.user("kim", role=Role.STAFF, department=office, first_name="Kim", last_name="Probe")
    course = Course.objects.create(municipality=make.municipality(), title="Datenschutz im Bürgerkontakt")
    Requirement.objects.create(course=course, starts_on=date(2026, 1, 1), department=office)
    begin = timezone.now() + timedelta(days=9)
    hours = {"starts_at": begin, "ends_at": begin + timedelta(hours=2)}
    offered = CourseDate.objects.create(course=course, place="Raum 2.14", places=1, trainer=clerk, **hours)
    offered.sessions.create(place="Raum 2.14", link="https://meet.example/raum", **hours)
    signed_up = {"course_date": offered, "registered_at": timezone.now()}
    waits = make.user("wartet", role=Role.STAFF, department=office)
    _task(course, waits, 5, **signed_up)
    tasks = [_task(course, people["coordinator"], 10, **signed_up, seated_at=timezone.now()), _task(course, clerk, -3)]
    old = Course.objects.create(municipality=make.municipality(), title="Informationssicherheit")
    Completion.objects.create(
        task=_task(old, people["coordinator"], 90, completed_on=date(2026, 6, 1)), recorded_at=timezone.now()
    )
    _problem("Ohne Schlüssel.", 2)
    _problem("Ohne Schlüssel.", 9)
    _entry(row)
    for month in (date(2022, 11, 1), date(2022, 10, 1), date(2021, 12, 1)):
        _edition(month)
    _edition(date(2022, 11, 1), number=2, state=Edition.State.DRAFT)
    return people, {
        "task": tasks[0].pk,
        "theirs": tasks[1].pk,
        "course": course.pk,
        "date": offered.pk,
        "member": clerk.memberships.get().pk,
        "import": make.catalogue_import().pk,
        "service": service.pk,
        "row": row.pk,
        "own": own.pk,
        "running": f"{timezone.localdate():%Y/%m}",
    }


def _task(course, person, days, **more):
    today = timezone.localdate()
    return TrainingTask.objects.create(
        municipality=course.municipality,
        course=course,
        person=person,
        period_start=today - timedelta(days=60),
        assigned_on=today - timedelta(days=60),
        due_on=today + timedelta(days=days),
        reason="Jährliche Pflicht",
        **more,
    )


def _problem(message, row):
    ImportProblem.objects.create(
        catalogue_import=make.catalogue_import(),
        sheet="Leistungen",
        row=row,
        column="LeiKa-Schlüssel",
        severity="warning",
        code="no_leika_key",
        message=message,
    )


def _entry(row):
    Evidence.objects.create(
        row=row,
        kind=Evidence.Kind.DIRECTORY,
        found_on=date(2026, 11, 20),
        online=False,
        origin="pvog.csv",
        recorded_at=timezone.now(),
    )


def _edition(month, number=1, state=Edition.State.APPROVED, figures=None):
    text = canonical.dumps((figures or sample()) | {"month": months.name(month)})
    Edition.objects.create(
        municipality=make.municipality(),
        month=month,
        number=number,
        figures=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        known_at=datetime(2022, 12, 2, tzinfo=UTC),
        catalogue_import=make.catalogue_import(),
        state=state,
        correction_reason="" if number == 1 else "Nachgetragen",
    )


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_fits_and_excludes_nobody(open_page, municipality, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="braucht axe-playwright-python").Axe()
    people, numbers = municipality
    found = {}
    for role, addresses in PAGES.items():
        page = open_page(people[role], width=width)
        for address in addresses:
            answer = page.goto(address.format_map(numbers))
            page.evaluate("document.querySelectorAll('details.ozg-more').forEach(each => { each.open = true })")
            wide = sideways(page)
            violations = [each["id"] for each in axe.run(page).response["violations"]]
            if answer.status != 200 or wide or violations or page.complaints:
                found[role, address] = (answer.status, wide, violations, list(page.complaints))
            page.complaints.clear()
    assert found == {}


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_the_longest_words_are_broken_and_nothing_is_cut(open_page, municipality, width):
    people, _numbers = municipality
    _edition(date(2023, 1, 1), figures=crowded())
    page = open_page(people["council"], width=width)
    page.goto("/berichte/2023/1/")
    page.evaluate("document.querySelectorAll('details.ozg-more').forEach(each => { each.open = true })")
    cut = page.eval_on_selector_all(
        ".ozg-scroll", "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.ariaLabel)"
    )
    assert (sideways(page), cut) == (0, [])


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("figures", [sample(), crowded()], ids=["sample", "crowded"])
def test_the_report_as_a_file_excludes_nobody(open_page, db, tmp_path, width, figures):
    file = tmp_path / "bericht.html"
    file.write_bytes(export_edition(approved(figures), "html"))
    page = open_page(width=width)
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert (violations(page), sideways(page), page.complaints) == ([], 0, [])


@pytest.mark.parametrize("address", ["/", "/berichte/", "/berichte/2022/11/", "/schulungen/", "/leistungen/{row}/"])
def test_paper_shows_what_is_read_and_nothing_to_press(open_page, municipality, address):
    people, numbers = municipality
    page = open_page(people["coordinator"])
    page.goto(address.format_map(numbers))
    page.emulate_media(media="print")
    pressed = page.eval_on_selector_all(
        "nav, button, .kern-btn, summary",
        "all => all.filter(each => each.checkVisibility()).map(each => each.innerText)",
    )
    lists = ("Für Dezember zugesagt", "Fertige Leistungen", "Geplant oder", "Offen, ", "Alle ")
    assert [words for words in pressed if words and not words.startswith(lists)] == []
    assert page.locator("h1").is_visible()


def test_long_lists_are_printed_in_an_annex_though_they_are_closed(open_page, municipality):
    people, _numbers = municipality
    page = open_page(people["council"])
    page.goto("/berichte/2022/11/")
    lists = page.locator(".ozg-annex table")
    assert lists.count() > 0 and not lists.first.is_visible()
    page.emulate_media(media="print")
    assert [each.is_visible() for each in lists.all()] == [True] * lists.count()


def test_a_link_to_the_annex_opens_the_list(open_page, municipality):
    people, _numbers = municipality
    page = open_page(people["council"], scripts=False)
    page.goto("/berichte/2022/11/")
    page.locator("a[href='#liste-online_now']").click()
    page.locator("#liste-online_now table").wait_for()


def test_a_training_is_reported_by_keyboard_alone_and_without_scripts(open_page, municipality):
    people, numbers = municipality
    page = open_page(people["coordinator"], scripts=False)
    page.goto("/schulungen/")
    page.get_by_role("link", name="Als erledigt melden: Datenschutz im Bürgerkontakt").press("Enter")
    page.get_by_role("button", name="Melden", exact=True).press("Enter")
    page.get_by_text("„Datenschutz im Bürgerkontakt“ ist als erledigt gemeldet.").wait_for()
    assert Completion.objects.filter(task=numbers["task"]).count() == 1


def test_the_council_reads_the_month_and_takes_the_pdf_with_it(open_page, municipality):
    people, _numbers = municipality
    page = open_page(people["council"], scripts=False)
    page.goto("/berichte/")
    page.get_by_role("link", name="November 2022").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Sachstandsbericht November 2022"
    with page.expect_download() as taken:
        page.get_by_role("link", name="PDF").click()
    assert taken.value.suggested_filename == "sachstandsbericht-musterstadt-2022-11.pdf"


def test_the_four_answers_stand_on_the_first_screen(open_page, municipality):
    people, _numbers = municipality
    page = open_page(people["council"], width=1280, height=900)
    for address in ("/berichte/", "/berichte/2022/11/"):
        page.goto(address)
        bottoms = page.eval_on_selector_all(".ozg-fig", "all => all.map(each => each.getBoundingClientRect().bottom)")
        assert len(bottoms) == 4 and max(bottoms) < 900


def test_a_refusal_and_a_success_are_told_to_everybody(open_page, municipality):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="braucht axe-playwright-python").Axe()
    people, numbers = municipality
    page = open_page(people["coordinator"], width=320)
    page.goto(f"/schulungen/?report={numbers['task']}")
    for day, told in (("2099-01-01", "Der Tag liegt in der Zukunft"), ("2022-01-01", "ist als erledigt gemeldet")):
        page.get_by_label("Erledigt am").fill(day)
        page.get_by_role("button", name="Melden", exact=True).click()
        page.get_by_text(told).wait_for()
        assert [each["id"] for each in axe.run(page).response["violations"]] == []
