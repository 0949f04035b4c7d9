"""The one table of who may what, and the help that shows it."""

import re

import pytest

from ozg_tracker.accounts.models import MAY, Deed, Reach, Role, deeds_of, reach_of, who_may
from tests import make


def test_every_deed_has_a_line_and_somebody_who_may_do_all_of_it():
    assert set(MAY) == set(Deed)
    assert [deed for deed in Deed if not who_may(deed, Reach.ALL)] == []


def test_the_council_reads_reports_and_what_is_kept_of_themselves():
    assert deeds_of(Role.COUNCIL) == {Deed.READ_EDITIONS, Deed.ASK_QUESTIONS, Deed.READ_JOURNAL}
    assert reach_of(Role.COUNCIL, Deed.READ_JOURNAL) == Reach.SELF
    assert reach_of(Role.COUNCIL, Deed.READ_EDITIONS) == Reach.APPROVED


def test_the_operator_sees_no_row_no_training_and_no_report():
    seen = deeds_of(Role.OPERATOR) & {Deed.READ_ROWS, Deed.LEARN, Deed.READ_EDITIONS}
    assert seen == set()


def test_nobody_without_a_role_may_anything():
    assert deeds_of(None) == frozenset() == deeds_of("")


@pytest.mark.parametrize("deed", Deed)
def test_the_help_says_what_the_table_says(client, db, deed):
    text = client.get("/hilfe/").text
    line = re.search(rf'<th scope="row">{re.escape(str(deed.label))}</th>(.*?)</tr>', text, re.S)
    told = re.findall(r'<td data-l="([^"]+)">([^<]+)</td>', line.group(1))
    assert told == [(str(role.label), str(reach.label) if (reach := MAY[deed].get(role)) else "–") for role in Role]


@pytest.mark.parametrize("role", Role)
def test_every_page_of_the_menu_lets_its_role_in(client, db, role):
    client.force_login(make.user("person", role=role, department=make.department("Bauamt")))
    bar = re.search(r'<nav class="ozg-nav".*?</nav>', client.get("/hilfe/").text, re.S).group()
    addresses = re.findall(r'href="([^"]+)"', bar)
    assert addresses and {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )
