"""What the README tells everybody: the key of the demo municipality, and the password of its people."""

DEMO_ARS = "159990010010"
DEMO_PASSWORD = "musterstadt-zum-ausprobieren"  # noqa: S105 (published on purpose, refused outside DEBUG)
