"""The template of the council paper is offered to the coordination and to nobody else, of drafts too."""

import pytest

from ozg_tracker.accounts.models import Role
from tests import make
from tests.api.programs import Program
from tests.reports.made_editions import edition

pytestmark = pytest.mark.django_db
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def stored(state):
    made = edition(state=state)
    made.municipality, made.catalogue_import = make.municipality(), make.catalogue_import()
    made.save()
    return made


@pytest.mark.parametrize("state", ["draft", "approved"])
def test_the_coordination_gets_it_by_page_and_api(client, state):
    made, person = stored(state), make.user()
    client.force_login(person)
    page = client.get("/berichte/2022/11/").text
    assert ["/berichte/2022/11/1/docx" in page, "Mitteilungsvorlage Word" in page] == [True, True]
    answer = client.get("/berichte/2022/11/1/docx")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        WORD,
        'attachment; filename="mitteilungsvorlage-musterstadt-2022-11.docx"',
    )
    told = Program(person).get(f"/api/v1/editions/{made.pk}/export/?format=odt")
    assert (told.status_code, told["Content-Type"]) == (200, "application/vnd.oasis.opendocument.text")


def test_the_council_reads_the_report_and_no_template(client):
    made, person = stored("approved"), make.user("rat", Role.COUNCIL)
    client.force_login(person)
    assert "Mitteilungsvorlage" not in client.get("/berichte/2022/11/").text
    assert client.get("/berichte/2022/11/1/odt").status_code == 403
    assert Program(person).get(f"/api/v1/editions/{made.pk}/export/?format=docx").status_code == 403
