"""Typisierung as files write it: "1, 2/3", "1;2/3", and what Excel makes of "2/3"."""

import re
from collections.abc import Iterable

_DAY = re.compile(  # 2/3 as a spreadsheet's day: 02.03.2019, 02. Mrz, 3. Feb, 2-Mar, Feb-03
    r"0?2[. -]+(0?3|mrz|märz|mar)\b.*|0?3[. -]+(0?2|feb)\b.*|(mar|mrz)[ -]+0?2|feb[ -]+0?3|0?[23]/0?[23]/\d+",
    re.IGNORECASE,
)


class Types(dict[str, tuple[str, str]]):
    """Cell → the codes joined by ";", and a sentence where a person should look; remembers what it has seen."""

    def __init__(self, known: Iterable[tuple[str, bool]]) -> None:
        super().__init__({"": ("", "")})
        self.countable_code = dict(known)

    def __missing__(self, cell: str) -> tuple[str, str]:
        if len(cell) > 3 and _DAY.fullmatch(cell):
            found = "2/3", f"Aus dem Typ 2/3 hat die Tabellenkalkulation einen Tag gemacht: „{cell}“. Gelesen als 2/3."
        else:
            found = self._codes(cell)
        self[cell] = found
        return found

    def _codes(self, cell: str) -> tuple[str, str]:
        codes = list(dict.fromkeys(re.split(r"[;,|\s]+", re.sub(r"\s*/\s*", "/", cell).lower().strip(" ;,|"))))
        unknown = [code for code in codes if code and code not in self.countable_code]
        if not unknown:
            return ";".join(codes), ""
        shown = ", ".join(unknown)[:60]
        return ";".join(codes), (
            f"Den Typ „{shown}“ kennt die Codeliste der Typisierung nicht. Er bleibt stehen; bitte mit der Quelle "
            "vergleichen oder den Typ ergänzen."
        )

    def countable(self, codes: str) -> bool:
        """False for the types that are no outward service (6–12) alone; none and unknown ones count."""
        return not codes or any(self.countable_code.get(code, True) for code in codes.split(";"))
