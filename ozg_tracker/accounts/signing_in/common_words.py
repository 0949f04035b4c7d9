"""Passwords made of what everybody tries first: German words and names, repeated or with a number behind them.

The words are chosen by us; whole leaked passwords are in the list that comes with Django.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_WORDS = """
passwort password kennwort geheim hallo hello schatz schatzi liebe ichliebedich sommer herbst winter frühling fruehling
sonne mond stern engel baby mausi maus hase hasi katze hund tiger delfin pferd spatz biene ficken arschloch scheisse
scheiße fussball fußball bayern borussia dortmund schalke werder hamburg berlin münchen muenchen köln koeln frankfurt
deutschland germany stadt gemeinde rathaus verwaltung behörde behoerde bürger buerger bürgermeister buergermeister amt
admin administrator master test testing qwertz qwerty asdfgh yxcvbn qwertzuiop start willkommen welcome anmelden login
computer internet windows microsoft gandalf starwars superman batman pokemon michael thomas andreas stefan stephan
christian daniel alexander sebastian florian matthias martin markus peter wolfgang sabine nicole stefanie stephanie
sandra claudia susanne andrea julia katharina melanie anna laura lisa sarah jessica vanessa mama papa oma opa familie
montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz maerz april mai juni juli august
september oktober november dezember eins zwei drei vier fünf fuenf sechs sieben acht neun zehn ozg tracker ich du wir
und der die das ist bin mein meine dein sicher neu neues
"""
WORDS = sorted(_WORDS.split(), key=len, reverse=True)
_WORD = re.compile("|".join(map(re.escape, WORDS)))
_FEWEST = 3  # different words, or letters besides; a sentence has more
_RUNS = (
    "01234567890" * 3,
    "9876543210" * 3,
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopüasdfghjklöä",
    "1qay2wsx3edc4rfv5tgb",
)
_DATES = re.compile(r"(\d{1,2}[./ -]?\d{1,2}[./ -]?(19|20)?\d\d\W*){1,3}")


class CommonWordsValidator:
    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError `password_too_common` where nothing but common words, numbers and runs of keys is left."""
        if is_common(password):
            raise ValidationError(
                _("Dieses Passwort gehört zu denen, die als erste versucht werden. Ein kurzer Satz ist besser."),
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return _("Keine bekannten Wörter mit Zahlen dahinter und nichts, was sich nur wiederholt.")


def is_common(password: str) -> bool:
    """Whether `password` repeats one piece, runs along the keys, tells days, or is one or two common words."""
    plain = password.lower()
    if _repeats(plain) or any(plain in run for run in _RUNS) or _DATES.fullmatch(plain):
        return True
    used = set(_WORD.findall(plain))
    rest = re.sub(r"[\W\d_]+", "", _WORD.sub("", plain))
    return 0 < len(used) < _FEWEST and len(rest) < _FEWEST


def _repeats(plain: str) -> bool:
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, len(plain) // 2 + 1))
