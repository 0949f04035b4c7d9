"""The report as one HTML file: style and fonts inside, no script, no other host, readable from disk for years.

Each number leads to the list that it was counted from, which the file holds too.
"""

import base64
import re
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reports.models import Edition
from reports.telling import services
from reports.telling.content import report
from reports.telling.text import cleaned

STATIC = settings.BASE_DIR / "ozg_tracker" / "static"
ELEMENTS = Path(__file__).parent / "standalone.css"
OURS = ("tokens", "base", "figures", "tables", "reading", "report", "print")  # in the order in which pages load them
_LEADS = re.compile(r'href="#\?([^"]+)"')
WEIGHTS = {400: "Regular", 600: "SemiBold"}


def html(edition: Edition) -> bytes:
    told, figures = report(edition), cleaned(edition.figures)
    body = render_to_string("reports/edition/body.html", {"report": told, "lists": "#" if told.promises else ""})
    queries = list(dict.fromkeys(_LEADS.findall(body)))
    known: dict[int, services.Line] = {}  # many lists hold the same service
    lists = [services.listed(figures, dict(parse_qsl(unescape(query))), told=known) for query in queries]
    led = mark_safe(_LEADS.sub(lambda link: f'href="#zahl-{queries.index(link[1])}"', body))  # noqa: S308 (rendered above)
    line = get_template("reports/edition/_listed_line.html")
    words = {"level": _("Reifegrad"), "state": _("Stand"), "planned": _("Geplant bis"), "place": _("Amt")}
    words["not_rated"] = _("nicht bewertet")
    drawn = cache(lambda each: line.render({"line": each, "words": words}))
    printed = [(each, mark_safe("".join(map(drawn, each.lines)))) for each in lists]  # noqa: S308 (rendered above)
    context = {"report": told, "style": _style(), "body": led, "lists": printed}
    return render_to_string("reports/edition/file.html", context).lstrip().encode()  # a file begins with its doctype


@cache
def _style() -> SafeString:
    faces = "".join(_face(weight, name) for weight, name in WEIGHTS.items())
    ours = "".join((STATIC / "styles" / f"{name}.css").read_text() for name in OURS)
    return mark_safe(faces + _kern_tokens(ours) + ELEMENTS.read_text() + ours)  # noqa: S308 (our own files)


def _kern_tokens(rules: str) -> str:
    """KERN's tokens that `rules` name, as the light theme has them, each with those it is made of."""
    kern = (STATIC / "kern" / "kern.min.css").read_text()
    values: dict[str, str] = {}
    for scope in (r":root", r"\[data-kern-theme=light\],\.kern-light"):
        for block in re.findall(scope + r"\{([^}]*)\}", kern):
            values |= re.findall(r"(--kern-[\w-]+):([^;]+)", block)
    needed, found = rules, dict[str, str]()
    while names := set(re.findall(r"var\((--kern-[\w-]+)", needed)) - found.keys():
        found |= {name: values[name] for name in names}
        needed = " ".join(found.values())
    return ":root{" + ";".join(f"{name}:{found[name].strip()}" for name in sorted(found)) + "}\n"


def _face(weight: int, name: str) -> str:
    font = STATIC / "kern" / "fonts" / f"FiraSans-{name}.woff2"
    data = base64.b64encode(font.read_bytes()).decode()
    return (
        f'@font-face{{font-family:"Fira Sans";font-weight:{weight};'
        f'src:url("data:font/woff2;base64,{data}") format("woff2")}}\n'
    )
