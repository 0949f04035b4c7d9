"""The documents, and what they write as code."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SOURCES = ("catalog", "ozg_tracker", "reports", "fixtures", "tests", r"\.ci", r"\.github")
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "fixtures/README.md")),
    *sorted((ROOT / ".github").glob("*.md")),
    *sorted((ROOT / "ozg_tracker/docs").glob("*.md")),
]


def fences_in(text: str, language: str) -> list[str]:
    """What stands in fenced blocks of the language."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for written_in, block in fences if written_in == language]


def code_in(text: str) -> list[str]:
    """What stands between backticks in running text."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", prose)
