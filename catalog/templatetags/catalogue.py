"""How the catalogue is written for people."""

from django import template

register = template.Library()


@register.filter
def spaced_key(key: str | None) -> str:
    """A LeiKa key in its groups: "99102013104000" becomes "99 102 013 104 000"; none stays empty."""
    return " ".join([key[:2], key[2:5], key[5:8], key[8:11], key[11:]]) if key else ""
