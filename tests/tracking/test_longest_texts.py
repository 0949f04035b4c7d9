"""A text may be as long as the model says, and no longer, whichever door it comes through."""

import pytest

from ozg_tracker.tracking.models import MunicipalService, StatusChange
from tests import make
from tests.api.programs import Program

pytestmark = pytest.mark.django_db
MOST = StatusChange._meta.get_field("reason").max_length
NOTE = MunicipalService._meta.get_field("note").max_length


def by_page(client, row, **fields):
    client.force_login(make.user("page"))
    sent = {"version": row.version, "effective_on": "2026-11-01", **fields}
    return client.post(f"/leistungen/{row.pk}/", sent).status_code == 302


def by_api(row, **fields):
    answer = Program(make.user("programm")).change(f"municipal-services/{row.pk}/", fields, **{"If-Match": "*"})
    return answer.status_code == 200


@pytest.mark.parametrize(
    ("reason", "note", "taken"),
    [(MOST, 3, True), (MOST + 1, 3, False), (0, NOTE, True), (0, NOTE + 1, False)],
)
def test_page_and_api_take_texts_of_the_same_length(client, reason, note, taken):
    reason, note = "x" * reason, "n" * note
    page, program = (make.row(make.service(f"9910201310400{number}", f"Leistung {number}")) for number in (1, 2))
    assert by_page(client, page, reason=reason, note=note) == taken
    assert by_api(program, reason=reason, note=note) == taken
    kept = list(MunicipalService.objects.order_by("pk").values_list("note", flat=True))
    assert kept == ([note, note] if taken else ["", ""])
