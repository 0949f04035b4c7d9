"""The Python client that a stranger's generator makes of the description does the main jobs on a running server."""

import importlib
import subprocess
import sys
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from ozg_tracker.tracking.models import MunicipalService
from reports.exporting.export_edition import MEDIA_TYPES, export_edition
from reports.models import Edition
from tests import make
from tests.api.schema import COMMITTED

CONFIG = Path(__file__).with_name("config.yaml")


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    """The client as a package, made without a complaint. It is imported by its parts: `generated("models")`."""
    into = tmp_path_factory.mktemp("client")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", COMMITTED, "--meta", "none"]
    made = subprocess.run(
        [*command, "--config", CONFIG, "--output-path", into / "generated", "--fail-on-warning"],
        capture_output=True,
        text=True,
    )
    assert (made.returncode, made.stdout.splitlines(), made.stderr) == (0, [f"Generating {into / 'generated'}"], "")
    sys.path.insert(0, str(into))
    yield lambda part: importlib.import_module(f"generated.{part}")
    sys.path.remove(str(into))


@pytest.fixture
def client(generated, live_server, key):
    return generated("client").AuthenticatedClient(base_url=live_server.url, token=key)


@pytest.fixture
def call(generated, client):
    """One operation by its name, as generated: what came back, with `parsed` of the described type."""

    def call(group, operation, *ids, **sent):
        return generated(f"api.{group}.{operation}").sync_detailed(*ids, client=client, **sent)

    return call


def test_it_reads_the_services_that_are_not_ready_and_says_who_asks(call, generated, rows):
    kinds = generated("models")
    found = call("municipal_services", "municipal_services_list", level=["1", "2"], ordering="-id").parsed
    assert [type(each) for each in found.results] == [kinds.MunicipalService] * 2
    assert [(each.id, each.level, each.planned_on) for each in found.results] == [
        (rows[2].pk, 2, None),
        (rows[0].pk, 1, None),
    ]
    assert call("me", "me_retrieve").parsed.person == "koordination"


def test_it_changes_a_service_that_it_has_read_and_hears_of_a_newer_state(call, generated, rows):
    kinds = generated("models")
    read = call("municipal_services", "municipal_services_retrieve", rows[0].pk)
    sent = kinds.PatchedChangeRequest(
        state=kinds.StateEnum.PLANNED, planned_on=date(2027, 6, 30), reason="Beschluss", effective_on=date(2026, 11, 1)
    )
    change = {"body": sent, "if_match": read.headers["ETag"], "idempotency_key": "einmal"}
    first, again = (
        call("municipal_services", "municipal_services_partial_update", rows[0].pk, **change) for _twice in range(2)
    )
    assert (first.parsed.state, first.parsed.planned_on) == (kinds.StateEnum.PLANNED, date(2027, 6, 30))
    assert again.parsed == first.parsed
    late = call("municipal_services", "municipal_services_partial_update", rows[0].pk, body=sent, if_match='"1"')
    assert (late.status_code, type(late.parsed), late.parsed.status) == (412, kinds.Problem, 412)
    assert late.parsed.current["planned_on"] == "2027-06-30"


def test_it_changes_many_at_once_and_follows_what_happened(call, generated, rows):
    kinds = generated("models")
    begin = call("changes", "changes_retrieve").parsed
    while begin.results:
        begin = call("changes", "changes_retrieve", since=begin.next_).parsed
    changes = [kinds.RowChangeRequest(id=row.pk, version=1, note="Geprüft") for row in rows]
    done = call("municipal_services", "municipal_services_bulk_create", body=kinds.BulkRequest(changes=changes))
    assert done.status_code == 200
    heard = call("changes", "changes_retrieve", since=begin.next_).parsed
    assert len(heard.results) == 3


def test_a_wrong_body_is_answered_by_field(call, generated, rows):
    kinds = generated("models")
    wrong = kinds.BulkRequest(changes=[kinds.RowChangeRequest(id=10**9, version=1, note="x")])
    answer = call("municipal_services", "municipal_services_bulk_create", body=wrong)
    assert [(each.field, each.code) for each in answer.parsed.errors] == [("changes.0.id", "does_not_exist")]


def test_it_freezes_a_month_reads_its_figures_by_type_and_takes_the_files(call, generated, rows):
    kinds = generated("models")
    body = kinds.FreezeRequest(municipality=make.municipality().pk, month=date(2022, 11, 1))
    frozen = call("editions", "editions_create", body=body).parsed
    edition = call("editions", "editions_retrieve", frozen.id).parsed
    assert (type(edition.figures), edition.figures.totals.relevant) == (kinds.Figures, 3)
    assert (edition.figures.totals.ready, edition.figures.totals.levels["2"]) == (1, 1)
    assert edition.sha256 == Edition.objects.get().sha256
    taken = {
        each.value: call("editions", "editions_export_retrieve", frozen.id, format_=each).parsed.payload.read()
        for each in kinds.EditionsExportRetrieveFormat
    }
    assert taken == {format: export_edition(Edition.objects.get(), format) for format in MEDIA_TYPES}


def test_it_sends_a_file_for_merging_and_takes_it_over(call, generated, rows):
    kinds, types = generated("models"), generated("types")
    text = f"Schlüssel;Stand\n{rows[0].service.key};geplant\n".encode()
    file = types.File(payload=BytesIO(text), file_name="stand.csv", mime_type="text/csv")
    body = kinds.MergeFileRequest(file=file, municipality=make.municipality().pk)
    standing = call("merges", "merges_file_create", body=body).parsed
    assert (standing.rows, standing.good, standing.unchanged) == (1, 1, 0)
    call("merges", "merges_take_create", standing.id, body=kinds.TakeRequest(reason="Liste"))
    assert MunicipalService.objects.get(pk=rows[0].pk).state == "planned"
