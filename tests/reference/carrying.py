"""Rows of the reference as the parameters of a test that carries them."""

from collections.abc import Iterable
from typing import Protocol

import pytest


class Identified(Protocol):
    """A row with an id of the checklist."""

    @property
    def id(self) -> str: ...


def carrying(rows: Iterable[Identified]) -> list[object]:
    """One parameter a row; the test with that row carries its id."""
    return [pytest.param(row, id=row.id, marks=pytest.mark.requirement(row.id)) for row in rows]
