"""What each figure means, in the words that an edition freezes with its figures."""


def definitions(*, conform_level: int, online_level: int, model: str) -> dict[str, str]:
    """Definition by name. The names are those of the figures; German, because the report is."""
    ready = f"Reifegrad {conform_level} oder höher (Reifegradmodell {model})"
    return {
        "relevant": (
            "Leistungen, für die die Kommune zuständig ist, die der Katalog am Stichtag führt und die zählen: "
            "nicht allein von den Typen 6 bis 12 und keine Überschrift (ein Leistungsobjekt ohne eigene Verrichtung, "
            "zu dem es weitere Leistungen gibt)."
        ),
        "rated": "Relevante Leistungen mit einem Reifegrad. Nicht bewertet ist ein eigener Wert und nicht Reifegrad 0.",
        "ready": f"Fertig: {ready}.",
        "services_ready": f"Fertige Leistungen ({ready}) von den relevanten Leistungen.",
        "bundles_online": (
            f"Amtliche Zählweise: OZG-Leistungen mit mindestens einer relevanten Leistung ab Reifegrad {online_level}, "
            "von den OZG-Leistungen mit einer relevanten Leistung."
        ),
        "bundles_complete": (
            "OZG-Leistungen, deren relevante Leistungen alle fertig sind, von den OZG-Leistungen mit einer relevanten "
            "Leistung."
        ),
        "cases_ready": "Fälle pro Jahr der fertigen Leistungen, von den Fällen aller, deren Fallzahl bekannt ist.",
        "by_topic": (
            "Eine Leistung in mehreren Themenfeldern zählt in jedem davon. Deshalb kann die Summe größer sein als die "
            "Zahl der relevanten Leistungen."
        ),
        "by_department": (
            "Nach dem obersten Fachbereich, zu dem das zuständige Amt gehört; Leistungen ohne Fachbereich stehen für "
            "sich. Die Summe ist die Zahl der relevanten Leistungen."
        ),
        "movement": (
            "Vergleich der Stände an zwei Monatsenden. Jede Leistung steht in höchstens einer Liste: neu zuständig, "
            "nicht mehr zuständig, entfallen; sonst neu fertig, besser oder zurückgestuft. Als Grund steht die "
            "Begründung der letzten Änderung."
        ),
        "deadlines": (
            "Offen sind die Leistungen im Geltungsbereich der Frist, die am Stichtag nicht fertig sind. Die Tage "
            "zählen vom Stichtag bis zur Frist; nach der Frist sind sie negativ."
        ),
        "planned_or_started": "Relevante, nicht fertige Leistungen mit dem Stand geplant oder in Umsetzung.",
        "online_now": f"Relevante Leistungen, die fertig sind: {ready}.",
        "by_deadline": (
            "Relevante, nicht fertige Leistungen, die spätestens zur genannten Frist geplant sind, solange sie nicht "
            "abgelaufen ist. Die genannte Frist ist die nächste, die für alle Leistungen gilt, sonst die zuletzt "
            "abgelaufene."
        ),
        "not_by_deadline": "Alle anderen relevanten, nicht fertigen Leistungen.",
        "trend": "Stand an jedem Monatsende, mit dem Wissen und dem Katalog dieser Ausgabe.",
        "forecast": (
            "Aus dem monatlichen Zuwachs fertiger Leistungen der letzten zwölf Monate: der Monat, in dem 50 % und 85 % "
            "aller möglichen Abfolgen solcher Monate alle relevanten Leistungen fertig haben. Keine Zusage."
        ),
        "needed_per_month": "Offene Leistungen einer Frist geteilt durch die Monate, die bis zu ihr bleiben.",
        "training": "Gruppen, aus denen sich auf einzelne Personen schließen ließe, sind nicht ausgewiesen.",
    }
