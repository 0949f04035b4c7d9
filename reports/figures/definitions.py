"""What each figure means, in the words that an edition freezes with its figures: German, because the report is."""

# What means the same in every edition, by the name of the figure.
_ALWAYS = {
    "relevant": (
        "Leistungen, für die die Kommune zuständig ist, die der Katalog am Stichtag führt und die zählen: "
        "nicht allein von den Typen 6 bis 12 und keine Überschrift (ein Leistungsobjekt ohne eigene Verrichtung, "
        "zu dem es weitere Leistungen gibt)."
    ),
    "rated": "Relevante Leistungen mit einem Reifegrad. Nicht bewertet ist ein eigener Wert und nicht Reifegrad 0.",
    "bundles_complete": (
        "OZG-Leistungen, deren relevante Leistungen alle fertig sind, von den OZG-Leistungen mit einer relevanten "
        "Leistung."
    ),
    "cases_ready": "Fälle pro Jahr der fertigen Leistungen, von den Fällen aller, deren Fallzahl bekannt ist.",
    "take_up": (
        "Fälle der fertigen Leistungen, die online kamen, von allen ihren Fällen: online, vor Ort, per Post, Telefon "
        "und E-Mail. Gezählt sind Leistungen, von denen alle fünf Kanäle bekannt sind, im Jahr des Stichtages oder im "
        "Jahr davor: in dem, in dem mehr davon bekannt sind. Was aus einer Zählwoche hochgerechnet ist, ist "
        "gekennzeichnet."
    ),
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
        "nicht mehr zuständig, entfallen; dann erstmals bewertet (eine Bestandsaufnahme ist kein Fortschritt); "
        "sonst neu fertig, besser oder zurückgestuft. Als Grund steht die Begründung der letzten Änderung."
    ),
    "gained": "Neu fertige Leistungen, abzüglich derer, die fertig waren und es nicht mehr sind.",
    "promises": (
        "Zugesagt ist eine Leistung für den Monat, an dessen Beginn sie relevant, nicht fertig und für einen Tag "
        "dieses Monats geplant war. Gehalten: am Monatsende fertig; verschoben: anderer oder kein Termin; sonst "
        "offen. Als Nächstes: geplant für einen der drei folgenden Monate."
    ),
    "late": "Relevante, nicht fertige Leistungen, deren Termin verstrichen ist, und solche, die blockiert sind.",
    "proven": (
        "Fertige Leistungen, für die das öffentliche Verzeichnis am Stichtag einen Onlinedienst zeigt, von den "
        "fertigen Leistungen."
    ),
    "unclear": (
        "Leistungen, die zählen und deren Zuständigkeit ungeklärt ist. Die Quote liegt zwischen dem Wert, wenn "
        "alle nicht fertigen davon zur Kommune gehören, und dem, wenn nur die fertigen dazugehören."
    ),
    "deadlines": (
        "Offen sind die Leistungen im Geltungsbereich der Frist, die am Stichtag nicht fertig sind; unbekannt, wo "
        "keine Leistung des Katalogs das Merkmal trägt, nach dem die Frist gilt. Die Tage "
        "zählen vom Stichtag bis zur Frist; nach der Frist sind sie negativ."
    ),
    "planned_or_started": "Relevante, nicht fertige Leistungen mit dem Stand geplant oder in Umsetzung.",
    "by_deadline": (
        "Relevante, nicht fertige Leistungen, die spätestens zur genannten Frist geplant sind, solange sie nicht "
        "abgelaufen ist. Die genannte Frist ist die nächste, die für alle Leistungen gilt, sonst die zuletzt "
        "abgelaufene."
    ),
    "not_by_deadline": "Alle anderen relevanten, nicht fertigen Leistungen.",
    "trend": "Stand an jedem Monatsende, mit dem Wissen und dem Katalog dieser Ausgabe.",
    "throughput": (
        "Was in einem Monat fertig wurde, abzüglich dessen, was zurückfiel; ohne Erstbewertungen und ohne "
        "Leistungen, die hinzukamen oder wegfielen. Es zählen die letzten zwölf Monate, an deren Beginn mindestens "
        "die Hälfte der relevanten Leistungen bewertet war."
    ),
    "forecast": (
        "Aus dem, was in diesen Monaten fertig wurde: der Monat, dessen Wahrscheinlichkeit, dass alle relevanten "
        "Leistungen fertig sind, 50 % und 85 % am nächsten liegt. Das Tempo gilt dabei als unsicher und "
        "schwankend (negative Binomialverteilung). Jenseits von zehn Jahren heißt es nur „später“. Keine Zusage."
    ),
    "track_record": (
        "Was die Ausgaben der Monate 12 und 6 Monate zuvor für diesen Monat sagten, und was seither fertig wurde. "
        "Eingetroffen ist, was mindestens so viel ist, wie mit 85 % gesagt war."
    ),
    "needed_per_month": "Offene Leistungen einer Frist geteilt durch die Monate, die bis zu ihr bleiben.",
    "goal": (
        "So viele fertige Leistungen sollen es am Ende des Jahres mindestens sein, wie beschlossen und bei dieser "
        "Ausgabe bekannt. Nötig je Monat: was am Stichtag fehlt, geteilt durch die Monate, die vom Jahr bleiben."
    ),
    "training": (
        "Wie viele derer, die am ersten Tag des Halbjahres im Fachbereich arbeiteten, keine der Schulungen mehr offen "
        "haben, die im Halbjahr fällig sind. Bereiche unter zehn Personen stehen zusammen. Statt 0 bis 4 und statt der "
        "letzten 4 stehen Worte, damit niemand auf einzelne Personen schließen kann; die Kommune ist deshalb eine "
        "Spanne. Überfälliges steht nur für die ganze Kommune und nur, wo es nichts verrät, Ausgesetztes nie. Wer "
        "später kam, zählt ab dem nächsten Halbjahr; wer ging, bleibt mit dem letzten Stand; was aus früheren "
        "Halbjahren offen ist, zählt nicht. Eine Berichtigung behält diese Zahlen."
    ),
}


def definitions(*, conform_level: int, online_level: int, model: str) -> dict[str, str]:
    """Definition by name. The names are those of the figures;"""
    ready = f"Reifegrad {conform_level} oder höher (Reifegradmodell {model})"
    return _ALWAYS | {
        "ready": f"Fertig: {ready}.",
        "services_ready": f"Fertige Leistungen ({ready}) von den relevanten Leistungen.",
        "bundles_online": (
            f"Amtliche Zählweise: OZG-Leistungen mit mindestens einer relevanten Leistung ab Reifegrad {online_level}, "
            "von den OZG-Leistungen mit einer relevanten Leistung."
        ),
        "online_now": f"Relevante Leistungen, die fertig sind: {ready}.",
    }
