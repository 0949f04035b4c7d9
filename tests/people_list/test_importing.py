import json
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from ozg_tracker.accounts.memberships import come_due, held_as_of
from ozg_tracker.accounts.models import JournalEntry, MembershipEvent, Role, StaffNumber, User
from ozg_tracker.accounts.people import let_go
from ozg_tracker.accounts.staff_numbers import keep_staff_number
from ozg_tracker.people_list.importing import import_people
from ozg_tracker.spreadsheets.workbooks import Table
from ozg_tracker.spreadsheets.writing import spreadsheet
from tests import make
from tests.spreadsheets.office import resaved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HEAD = "Personalnr.;Vorname;Nachname;E-Mail;Rolle;Fachbereich;Gilt ab;Bis"
TODAY = date(2026, 3, 10)


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def offices():
    return {name: make.department(name) for name in ("Bürgerbüro", "Bauamt")}


@pytest.fixture
def clerk(offices):
    made = make.user(
        "amt", Role.STAFF, department=offices["Bürgerbüro"], first_name="Kim", last_name="Probe",
        email="kim@example.invalid",
    )  # fmt: skip
    keep_staff_number(made, make.municipality(), "40118", by=None)
    return made


@pytest.fixture
def listed(tmp_path):
    def as_file(*lines, head=HEAD, name="personal.csv"):
        path = tmp_path / name
        path.write_text("\r\n".join([head, *lines]), encoding="utf-8-sig")
        return path

    return as_file


def _figures(outcome):
    plan = outcome.plan
    return (len(plan.new), len(plan.changed), plan.unchanged, [str(each) for each in plan.missing])


def _problems(outcome):
    return [(each.code, each.severity, each.row, each.column) for each in outcome.plan.problems]


KIM = "40118;Kim;Probe;kim@example.invalid;Sachbearbeitung;Bürgerbüro;;"


def test_new_people_come_in_others_move_and_the_same_list_again_changes_nothing(clerk, offices, listed):
    make.user("ohne", Role.STAFF, department=offices["Bauamt"])
    path = listed(
        "40118;Kim;Anders;kim@example.invalid;Leitung;Bauamt;01.03.2026;",
        "40119;Äne;Groß;aene@example.invalid;Sachbearbeitung;Bürgerbüro;01.04.2026;31.12.2026",
    )
    municipality, by = make.municipality(), make.user()
    assert _figures(import_people(path, municipality, dry_run=True, by=by)) == (1, 1, 0, ["ohne"])
    assert (User.objects.count(), MembershipEvent.objects.count()) == (3, 3)
    outcome = import_people(path, municipality, by=by)
    assert (outcome.applied, _figures(outcome), _problems(outcome)) == (True, (1, 1, 0, ["ohne"]), [])
    new = User.objects.get(username="aene")
    assert (str(new), new.has_usable_password(), new.staff_numbers.get().number) == ("Äne Groß", False, "40119")
    clerk.refresh_from_db()
    held = clerk.memberships.get()
    assert (clerk.last_name, held.role, held.department) == ("Anders", "manager", offices["Bauamt"])
    days = (date(2026, 2, 28), TODAY, date(2026, 4, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [new.pk in held_as_of(municipality, day) for day in days] == [False, False, True, True, False]
    assert [held_as_of(municipality, day)[clerk.pk].role for day in days[:2]] == ["staff", "manager"]
    event = clerk.membership_events.first()
    assert (event.by, event.reason) == (by, "Liste „personal.csv“")
    assert JournalEntry.objects.filter(person=clerk, kind="person", by=by).count() == 1
    again = import_people(path, municipality, by=by)
    assert (_figures(again), MembershipEvent.objects.count()) == ((0, 0, 2, ["ohne"]), 6)


def test_a_person_is_known_by_number_where_the_address_has_changed_and_keeps_the_address(clerk, listed):
    outcome = import_people(listed("40118;Kim;Probe;neu@example.invalid;;;;"), make.municipality())
    assert (_figures(outcome), _problems(outcome)) == ((0, 0, 1, []), [("email_differs", "warning", 2, "E-Mail")])
    clerk.refresh_from_db()
    assert clerk.email == "kim@example.invalid"


def test_a_person_is_known_by_address_and_gets_the_number(clerk, listed):
    StaffNumber.objects.all().delete()
    import_people(listed("77;Kim;Probe;KIM@example.invalid;;;;"), make.municipality())
    assert clerk.staff_numbers.get().number == "77"


def test_who_left_comes_back_as_what_they_were(clerk, listed, clock):
    let_go(clerk.memberships.get(), by=make.user())
    clock.move_to(datetime(2026, 5, 1, 12, tzinfo=UTC))
    import_people(listed("40118;;;;;;;"), make.municipality())
    clerk.refresh_from_db()
    assert (clerk.is_active, clerk.memberships.get().department.name) == (True, "Bürgerbüro")


def test_a_last_day_lets_somebody_go_on_the_day_after(clerk, listed, clock):
    outcome = import_people(listed("40118;;;;;;;2026-03-31"), make.municipality())
    assert [wish.changes for wish in outcome.plan.changed] == [[("Bis", "offen", "31.03.2026")]]
    for day, active in ((datetime(2026, 3, 31, 12, tzinfo=UTC), True), (datetime(2026, 4, 1, 12, tzinfo=UTC), False)):
        clock.move_to(day)
        come_due(make.municipality())
        clerk.refresh_from_db()
        assert clerk.is_active == active


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("1;A;B;a@example.invalid;Königin;;;", "unknown_role", "Rolle"),
        ("1;A;B;a@example.invalid;;Tiefbauamt;;", "unknown_department", "Fachbereich"),
        ("1;A;B;a@example.invalid;Leitung;;;", "no_department", "Fachbereich"),
        ("1;A;B;a@example.invalid;;;gestern;", "invalid_day", "Gilt ab"),
        ("1;A;B;a@example.invalid;;;01.01.2199;", "strange_day", "Gilt ab"),
        ("1;A;B;a@example.invalid;;;01.04.2026;31.03.2026", "until_before_start", "Bis"),
        ("1;A;B;keine-adresse;;;;", "invalid", "E-Mail"),
        (";A;B;;;;;", "not_named", "E-Mail"),
        ("99;Kim;Probe;kim@example.invalid;;;;", "ambiguous", "Personalnr."),
        ("1;A;B;a@example.invalid;Betrieb;;;", "operator", "Rolle"),
    ],
)
def test_an_error_names_its_place_and_refuses_the_list_as_a_whole(clerk, listed, line, code, column):
    path, by = listed("5;Gut;Eins;gut@example.invalid;;;;", line), make.user()
    outcome = import_people(path, make.municipality(), by=by)
    assert (_problems(outcome), outcome.applied) == ([(code, "error", 3, column)], False)
    assert User.objects.count() == 2


def test_a_line_that_stands_twice_is_left_out_with_a_word(clerk, listed):
    outcome = import_people(
        listed(KIM, KIM, "8;A;B;a@example.invalid;;;;", "9;A;B;a@example.invalid;;;;"), make.municipality()
    )
    assert _problems(outcome) == [
        ("duplicate_row", "warning", 3, "Personalnr."),
        ("duplicate_row", "warning", 5, "E-Mail"),
    ]
    assert _figures(outcome) == (1, 0, 1, [])


def test_nobody_changes_their_own_role_by_a_list(listed):
    by = make.user(email="koordination@example.invalid")
    outcome = import_people(listed(";;;koordination@example.invalid;Rat;;;"), make.municipality(), by=by)
    assert _problems(outcome) == [("yourself", "error", 2, "Rolle")]


def test_only_who_manages_people_may(clerk, listed):
    with pytest.raises(PermissionDenied):
        import_people(listed(KIM), make.municipality(), by=clerk)


def test_people_of_another_municipality_do_not_exist_for_a_list(listed):
    there = make.municipality("Neustadt", "159990020020")
    strange = make.user("fremd", Role.STAFF, municipality=there, email="fremd@example.invalid")
    keep_staff_number(strange, there, "1", by=None)
    import_people(listed("1;A;B;fremd@example.invalid;;;;"), make.municipality())
    assert sorted(User.objects.values_list("username", flat=True)) == ["fremd", "fremd2"]
    assert strange.memberships.count() == 1


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_workbooks_are_read_by_the_words_of_their_columns_and_the_others_are_named(clerk, offices, tmp_path, form):
    head = ["Telefon", "E-Mail-Adresse", "Nachname", "Pers.-Nr.", "Amt"]
    rows = [["110", "kim@example.invalid", "Probe", 40118, "Bauamt"]]
    path = tmp_path / f"personal.{form}"
    if form == "xlsx":
        book, content = Workbook(), BytesIO()
        book.active.title = "Personal"
        for row in [head, *rows]:
            book.active.append(row)
        book.save(content)
        path.write_bytes(content.getvalue())
    else:
        path.write_bytes(spreadsheet([Table("Personal", [(word, 20) for word in head], rows)], "ods"))
    outcome = import_people(path, make.municipality())
    assert [wish.changes for wish in outcome.plan.changed] == [[("Fachbereich", "Bürgerbüro", "Bauamt")]]
    assert [(each.code, each.column, each.sheet) for each in outcome.plan.problems] == [
        ("unread_column", "Telefon", "Personal")
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7", "unreadable_file"), (b"Vorname;Rolle\r\nKim;Rat", "missing_column"), (b"", "missing_column")],
)
def test_what_is_no_list_of_people_is_refused_in_words(tmp_path, content, code):
    path = tmp_path / "liste.csv"
    path.write_bytes(content)
    assert [each.code for each in import_people(path, make.municipality()).plan.problems] == [code]


def test_the_command_says_what_came_of_it(clerk, listed):
    path, out = listed("40119;Äne;Groß;aene@example.invalid;;Bürgerbüro;;"), StringIO()
    call_command("import_people", str(path), municipality=make.ARS, dry_run=True, json=True, stdout=out)
    assert json.loads(out.getvalue()) == {
        "rows": 1, "applied": False, "new": 1, "changed": 0, "unchanged": 0, "missing": ["Kim Probe"], "problems": [],
    }  # fmt: skip
    out = StringIO()
    call_command("import_people", str(path), municipality=make.ARS, stdout=out)
    assert out.getvalue() == (
        "Personen neu: 1, geändert: 0, unverändert: 0.\nDie Liste nennt nicht, es bleibt: Kim Probe\n"
    )


def test_the_command_takes_another_department_for_one_that_is_not_known_or_leaves_its_lines_out(
    offices, listed, capsys
):
    path = listed(
        "1;Äne;Groß;aene@example.invalid;;Baubehörde;;",
        "2;Kim;Klein;kim@example.invalid;;Zoo;;",
    )
    for instead, unknown in ((["Zoo="], "Baubehörde"), (["Baubehörde=Bauant", "Zoo="], "Bauant")):
        with pytest.raises(SystemExit):
            call_command("import_people", str(path), municipality=make.ARS, instead=instead)
        assert f"Den Fachbereich „{unknown}“ gibt es hier nicht oder nicht mehr." in capsys.readouterr().out
    with pytest.raises(CommandError, match="„Zoo“: Erwartet wird NAME=FACHBEREICH"):
        call_command("import_people", str(path), municipality=make.ARS, instead=["Zoo"])
    assert User.objects.count() == 0
    call_command("import_people", str(path), municipality=make.ARS, instead=["baubehörde = Bauamt", "Zoo="])
    assert [(each.username, each.memberships.get().department.name) for each in User.objects.all()] == [
        ("aene", "Bauamt")
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_many_people_take_as_many_queries_as_one(clerk, offices, listed, count, django_assert_num_queries):
    lines = [f"{number};A;B;p{number}@example.invalid;;Bauamt;;" for number in range(count)]
    path, municipality = listed(*lines), make.municipality()
    with django_assert_num_queries(28):
        import_people(path, municipality)


def test_who_moves_or_leaves_is_told_by_mail_and_nobody_else(
    clerk, offices, listed, mailoutbox, django_capture_on_commit_callbacks
):
    other = make.user("bleibt", Role.STAFF, department=offices["Bauamt"], email="bleibt@example.invalid")
    with django_capture_on_commit_callbacks(execute=True):
        lines = ["40118;;;;Sachbearbeitung;Bauamt;2026-04-01;2026-12-31", f";;;{other.email};Sachbearbeitung;Bauamt;;"]
        import_people(listed(*lines), make.municipality())
    told = [(letter.to, [day for day in ("01.04.2026", "01.01.2027") if day in letter.body]) for letter in mailoutbox]
    assert told == [(["kim@example.invalid"], ["01.04.2026"]), (["kim@example.invalid"], ["01.01.2027"])]


@pytest.mark.parametrize("invite", [True, False])
def test_who_is_new_gets_the_way_to_a_password_where_it_is_wished(
    offices, listed, mailoutbox, django_capture_on_commit_callbacks, invite
):
    lines = [";Kim;Neu;neu@example.invalid;Sachbearbeitung;Bauamt;;", "7;Ohne;Adresse;;Sachbearbeitung;Bauamt;;"]
    with django_capture_on_commit_callbacks(execute=True):
        import_people(listed(*lines), make.municipality(), invite=invite)
    assert [(letter.to, "/passwort/neu/" in letter.body) for letter in mailoutbox] == (
        [(["neu@example.invalid"], True)] if invite else []
    )


def test_a_letter_that_cannot_be_sent_keeps_no_other_and_changes_nothing(
    offices, listed, monkeypatch, mailoutbox, django_capture_on_commit_callbacks, caplog
):
    lines = [f";Kim;Neu {n};neu{n}@example.invalid;Sachbearbeitung;Bauamt;;" for n in range(2)]
    send = EmailMessage.send

    def refused(letter, *args, **kwargs):
        if letter.to == ["neu0@example.invalid"]:
            raise OSError("nein")
        return send(letter, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", refused)
    with django_capture_on_commit_callbacks(execute=True):
        import_people(listed(*lines), make.municipality(), invite=True)
    assert ([letter.to for letter in mailoutbox], User.objects.filter(username__startswith="neu").count()) == (
        [["neu1@example.invalid"]],
        2,
    )
    assert "A letter about an account was not sent" in caplog.text


def test_a_staff_number_stands_in_the_journal(clerk, offices, listed):
    import_people(listed(";;;kim@example.invalid;;;;", head=HEAD), make.municipality())
    lines = ["4711;;;kim@example.invalid;;;;"]
    outcome = import_people(listed(*lines), make.municipality())
    assert [problem.code for problem in outcome.plan.problems] == ["ambiguous"]  # the address has another number
    keep_staff_number(clerk, make.municipality(), "4711", by=None)
    entry = JournalEntry.objects.filter(kind="person").latest("pk")
    assert (entry.before, entry.after) == ({"staff_number": "40118"}, {"staff_number": "4711"})
    import_people(listed("88;Neu;Person;np@example.invalid;Sachbearbeitung;Bauamt;;"), make.municipality())
    entry = JournalEntry.objects.filter(kind="person").latest("pk")
    assert (entry.after, entry.reason) == ({"staff_number": "88"}, "Liste „personal.csv“")


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_list_that_libreoffice_saved_reads_the_same(clerk, offices, tmp_path, form):
    book = Workbook()
    book.active.append(["Personalnummer", "E-Mail", "Fachbereich", "Gilt ab"])
    book.active.append([40118, "kim@example.invalid", "Bauamt", date(2026, 11, 1)])
    book.save(tmp_path / "personal.xlsx")
    plan = import_people(resaved(tmp_path, tmp_path / "personal.xlsx", form), make.municipality(), dry_run=True).plan
    assert (plan.problems, [(wish.day, wish.changes) for wish in plan.changed]) == (
        [],
        [(date(2026, 11, 1), [("Fachbereich", "Bürgerbüro", "Bauamt")])],
    )
