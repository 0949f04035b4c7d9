"""The report as one HTML file: style and fonts inside, no script, no other host, readable from disk for years."""

import base64
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from reports.content import report
from reports.models import Edition

STYLE = Path(__file__).parent / "standalone.css"
WEIGHTS = {400: "Regular", 600: "SemiBold"}


def html(edition: Edition) -> bytes:
    context = {"report": report(edition), "style": _style()}
    return render_to_string("reports/edition_file.html", context).encode()


@cache
def _style() -> SafeString:
    faces = "".join(_face(weight, name) for weight, name in WEIGHTS.items())
    return mark_safe(faces + STYLE.read_text())  # noqa: S308 (our own files)


def _face(weight: int, name: str) -> str:
    font = settings.BASE_DIR / "ozg_tracker" / "static" / "kern" / "fonts" / f"FiraSans-{name}.woff2"
    data = base64.b64encode(font.read_bytes()).decode()
    return (
        f'@font-face{{font-family:"Fira Sans";font-weight:{weight};'
        f'src:url("data:font/woff2;base64,{data}") format("woff2")}}\n'
    )
