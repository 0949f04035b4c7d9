"""The journal: who changed what about people, rights, departments, deadlines, rules and keys.

A deed writes its entry inside its own transaction: `journal.write(Kind.ROLE, municipality=…, by=…, person=…)`.
"""

from ozg_tracker.accounts.journal.writing import Kind, entry, write, write_all

__all__ = ["Kind", "entry", "write", "write_all"]
