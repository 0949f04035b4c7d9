"""draw_docs: the pictures in ozg_tracker/docs, drawn anew from the code. Needs what developing needs."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.console import Command as Base
from ozg_tracker.docs.drawing.redraw import redraw


class Command(Base):
    purpose = gettext_lazy("Zeichnet die Bilder der Dokumente neu, so wie der Code jetzt ist.")

    def deed(self, **options: Any) -> dict[str, Any]:
        stale = {path: text for path, text in redraw().items() if path.read_text(encoding="utf-8") != text}
        for path, text in stale.items():
            path.write_text(text, encoding="utf-8")
        return {"drawn": [path.name for path in stale]}

    def text(self, result: dict[str, Any]) -> str:
        drawn = ", ".join(result["drawn"])
        return _("Neu gezeichnet: %s.") % drawn if drawn else _("Alle Bilder zeigen schon, was ist.")
