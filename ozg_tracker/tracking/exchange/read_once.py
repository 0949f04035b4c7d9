"""A kept upload is read once: what was read lies beside it for every further look, until the upload goes."""

import json
from dataclasses import astuple
from pathlib import Path

from django.utils.translation import get_language

from catalog.importing.problems import Problem, Refused
from ozg_tracker.tracking.exchange.status_file import FileLine, StatusFile, read


def read_once(path: Path) -> StatusFile:
    """`read(path)`, from the second time on without reading the file; refused the same each time.

    For files in a folder of their own alone, such as a kept upload: what was read is written into it.
    """
    kept = path.with_name(f".gelesen-{get_language()}.json")  # its sentences are in a language
    if not kept.exists():
        made = kept.with_suffix(".neu")
        made.write_text(json.dumps(_told(path), ensure_ascii=False))
        made.replace(kept)
    told = json.loads(kept.read_text())
    if "refused" in told:
        problem = Problem(*told["refused"])
        raise Refused(problem.code, problem.message, problem.sheet, problem.row)
    base = [FileLine(*each) for each in told["base"]] if told["base"] is not None else None
    return StatusFile(
        path.name, [FileLine(*each) for each in told["lines"]], base, [Problem(*each) for each in told["problems"]]
    )


def _told(path: Path) -> dict[str, object]:
    try:
        found = read(path)
    except Refused as refused:
        return {"refused": astuple(refused.problem)}
    return {
        "lines": [_plain(line) for line in found.lines],
        "base": [_plain(line) for line in found.base] if found.base is not None else None,
        "problems": [astuple(problem) for problem in found.problems],
    }


def _plain(line: FileLine) -> tuple[object, ...]:
    return line.sheet, line.row, line.cells
