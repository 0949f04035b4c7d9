"""The lines that the manual gives to integrators accept what is sent, and nothing else."""

import re
import time

import pytest

from ozg_tracker.docs.rendering import DOCUMENTS
from ozg_tracker.webhooks.signing import headers, secret_of


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_lines_of_the_manual_tell_what_is_genuine(language):
    text = (DOCUMENTS / f"webhooks.{language}.md").read_text(encoding="utf-8")
    [lines] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = {}
    exec(lines, names)
    genuine, now = names["is_genuine"], int(time.time())
    sent = headers("msg_1", now, b"{}", ["new", "old"])
    assert [genuine(secret_of(salt), sent, b"{}") for salt in ("new", "old", "other")] == [True, True, False]
    assert genuine(secret_of("new"), sent, b"{ }") is False
    assert genuine(secret_of("new"), headers("msg_1", now - 301, b"{}", ["new"]), b"{}") is False
