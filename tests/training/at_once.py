"""Deeds that begin at the same moment, each with a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core.exceptions import ValidationError
from django.db import connection


def at_once(*deeds):
    """What each gives, or the code it is refused with."""
    gate = Barrier(len(deeds))

    def each(deed):
        try:
            gate.wait(10)
            return deed()
        except ValidationError as refused:
            by_field = getattr(refused, "error_dict", {"": getattr(refused, "error_list", [])})
            return next(iter(by_field.values()))[0].code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(each, deeds))
