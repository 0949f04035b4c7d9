"""What the pages of departments need beyond the house's tags."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def at(found: Mapping[object, object], key: object) -> object:
    """The value under `key`; None without one."""
    return found.get(key)
