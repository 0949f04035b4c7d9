"""The committed description is that of the code, and the code answers as it describes."""

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from ozg_tracker.tracking.models import Deadline
from tests.api.programs import API, fill
from tests.api.schema import COMMITTED, SCHEMA, mismatches


def test_the_committed_schema_is_that_of_the_code_and_has_no_warning(tmp_path):
    """To renew it: manage.py spectacular --validate --fail-on-warn --file tests/api/openapi.yaml"""
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(made))
    assert made.read_text() == COMMITTED.read_text()


READ = [path for path, operations in SCHEMA["paths"].items() if "get" in operations]

TOLD_ELSEWHERE = (
    "/export/",
    "/proof/",
    "/problems/",
    "/successions/",
    "/changes/",
    "/jobs/{id}/",
    "/comparisons/",
    "/editions/publishing/",
    "/me/",
    "/me/calendar/",
    "/me/reminders/",
    "/training-coverage/",
    "/training-readiness/",
    "/training-team/",
    "/training-calendar/",
    "/certificate-checks/",
    "/attendance/",
    "/course-topics/",
    "/editions/rules/",
    "/me/keys/",
    "/check/",
    "/me/sessions/",
    "/reorganisations/planned/",
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [path for path in READ if not path.endswith(TOLD_ELSEWHERE)])
def test_what_is_read_is_what_is_described(path, program):
    Deadline.objects.all().delete()
    fill(range(2))
    described = SCHEMA["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    listed = program.get(path.partition("{id}")[0]).json()["results"]
    assert len(listed) >= 2
    for address in [path.replace("{id}", str(row["id"])) for row in listed] if "{" in path else [path]:
        assert mismatches(program.get(address).json(), described) == []


@pytest.mark.django_db
def test_who_asks_reads_what_is_described(program):
    described = SCHEMA["paths"][f"{API}/me/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert mismatches(program.get(f"{API}/me/").json(), described) == []


def test_every_operation_names_its_errors():
    for path, operations in SCHEMA["paths"].items():
        for method, operation in operations.items():
            assert {"400", "401", "403", "406"} <= operation["responses"].keys(), (path, method)
    assert {"404", "412", "415", "428"} <= SCHEMA["paths"][f"{API}/municipal-services/{{id}}/"]["patch"][
        "responses"
    ].keys()


def test_the_schema_is_there_for_everybody_as_yaml_and_json():
    assert yaml.safe_load(Client().get(f"{API}/schema/").content)["openapi"] == "3.1.0"
    assert Client().get(f"{API}/schema/?format=json").json()["paths"].keys() == SCHEMA["paths"].keys()
    german, english = (Client().get(f"{API}/schema/?format=json&lang={each}").json() for each in ("de", "en"))
    assert (german == SCHEMA, english == SCHEMA, english["paths"].keys()) == (True, False, SCHEMA["paths"].keys())


@pytest.mark.django_db
def test_the_docs_page_keeps_our_strict_policy_and_asks_no_other_host():
    page = Client().get(f"{API}/docs/")
    script = Client().get(f"{API}/docs/?script=")
    assert "unsafe" not in page["Content-Security-Policy"]
    html = page.content.decode()
    assert "<style" not in html
    assert html.count("<script") == html.count('<script src="/')
    assert "https://" not in html.replace("https://www.w3.org", "")
    assert script["Content-Type"] == "application/javascript"
    assert '"validatorUrl": null' in script.content.decode()
