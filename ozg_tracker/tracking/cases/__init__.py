"""Fallzahlen nach Eingangskanal: by hand, from a file or from a counting week, each on top of the one before."""
