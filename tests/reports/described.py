"""Figures held against the open schema of them."""

from jsonschema import Draft202012Validator

from reports.publishing.schema import figures_schema

SCHEMA = figures_schema("/schema/figures-2.json")
VALIDATOR = Draft202012Validator(SCHEMA)


def undescribed(figures):
    """Where figures, as they are read from their canonical JSON, are not as the schema says, and by which rule."""
    return [(list(each.absolute_path), each.validator) for each in VALIDATOR.iter_errors(figures)]
