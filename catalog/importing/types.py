"""Typisierung as files write it: "1, 2/3", "1;2/3", and what Excel makes of "2/3"."""

import re
from collections.abc import Iterable
from hashlib import blake2b

from django.utils.translation import gettext as _

_DAY = re.compile(  # 2/3 as a spreadsheet's day: 02.03.2019, 02. Mrz, 3. Feb, 2-Mar, Feb-03
    r"0?2[. -]+(0?3|mrz|märz|mar)\b.*|0?3[. -]+(0?2|feb)\b.*|(mar|mrz)[ -]+0?2|feb[ -]+0?3|0?[23]/0?[23]/\d+",
    re.IGNORECASE,
)


class Types(dict[str, tuple[str, str]]):
    """Cell → the codes joined by ";", and a sentence where a person should look; remembers what it has seen.

    `rules` tells whether the types that count are the same as at another time.
    """

    def __init__(self, known: Iterable[tuple[str, bool]]) -> None:
        super().__init__({"": ("", "")})
        self.countable_code = dict(known)
        self.rules = blake2b(repr(sorted(self.countable_code.items())).encode(), digest_size=16).hexdigest()
        self.countable = _Countable(self.countable_code).__getitem__

    def __missing__(self, cell: str) -> tuple[str, str]:
        if len(cell) > 3 and _DAY.fullmatch(cell):
            found = (
                "2/3",
                _(
                    "Aus dem Typ 2/3 hat die Tabellenkalkulation einen Tag gemacht: „%(cell)s“. Gelesen als 2/3; "
                    "zu tun ist nichts."
                )
                % {"cell": cell},
            )
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
            _(
                "Den Typ „%(shown)s“ kennt die Codeliste der Typisierung nicht. Er bleibt stehen; "
                "bitte mit der Quelle vergleichen oder den Typ ergänzen."
            )
            % {"shown": shown}
        )


class _Countable(dict[str, bool]):
    """Joined codes → False for the types that are no outward service (6–12) alone; none and unknown ones count."""

    def __init__(self, codes: dict[str, bool]) -> None:
        super().__init__({"": True})
        self.codes = codes

    def __missing__(self, joined: str) -> bool:
        found = self[joined] = any(self.codes.get(code, True) for code in joined.split(";"))
        return found
