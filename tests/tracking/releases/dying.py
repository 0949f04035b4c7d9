"""For a worker that includes it: the first release it writes is written and not yet committed until it is killed.

Where it stands then, and that it has been there, a file says: TEST_REACHED.
"""

import os
import time
from pathlib import Path

from catalog.importing import import_catalogue as deed

_apply = deed.apply_plan
_reached = Path(os.environ["TEST_REACHED"])


def _apply_and_wait(*args):
    made = _apply(*args)
    if not _reached.exists():
        _reached.touch()
        time.sleep(600)
    return made


deed.apply_plan = _apply_and_wait
