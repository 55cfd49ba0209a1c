"""The stages of the declarations' tests, for the stories as well."""

from tests.tools.conftest import (
    either_stage,
    printed_stage,
    shared_printed_stage,
    shared_stage,
    shared_token_stage,
    stage,
    token_stage,
)

__all__ = [
    "either_stage",
    "printed_stage",
    "shared_printed_stage",
    "shared_stage",
    "shared_token_stage",
    "stage",
    "token_stage",
]
