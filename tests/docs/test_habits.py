"""What people expect of a project they may join: CI, hooks, forms for issues, a changelog by version."""

import re
import tomllib
from datetime import date

import pytest
import yaml

from tests.docs.naming import ROOT

FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
VERSION = re.compile(r"^## (?P<number>\d+\.\d+\.\d+) – (?P<day>\d{4}-\d\d-\d\d)$", re.MULTILINE)


def read(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_workflow_runs_what_a_person_can_run():
    [job] = read(".github/workflows/ci.yml")["jobs"].values()
    assert [step.get("run") for step in job["steps"]][-1] == ".ci/run"
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_the_hooks_are_part_of_what_ci_runs():
    [repository] = read(".pre-commit-config.yaml")["repos"]
    entries = {hook["id"]: hook["entry"] for hook in repository["hooks"]}
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert [name for name, entry in entries.items() if entry not in script] == ["pictures"]  # a test holds these


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_asks_for_something_and_each_thing_once(path):
    form = read(path)
    if path.name == "config.yml":
        assert set(form) == {"blank_issues_enabled", "contact_links"}
        return
    asked = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert {"name", "description", "body"} <= set(form) and len(asked) == len(set(asked)) > 0
    assert all(field["attributes"].get("label") for field in form["body"] if field["type"] != "markdown")


def test_the_changelog_is_by_version_the_newest_first():
    found = [
        (tuple(map(int, each["number"].split("."))), date.fromisoformat(each["day"]))
        for each in VERSION.finditer(CHANGELOG)
    ]
    assert found == sorted(found, reverse=True) and len(found) > 0
    assert next(line for line in CHANGELOG.splitlines() if line.startswith("## ")) == "## Unreleased"
    assert len(re.findall(r"^## ", CHANGELOG, re.MULTILINE)) == len(found) + 1


def test_the_programs_version_is_the_newest_of_the_changelog():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION.search(CHANGELOG)["number"]
