"""The table of the client's README: every numbered contradiction of the reference is answered where it says."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from chatops import cloud

ROOT = Path(cloud.__file__).parents[2]
README = ROOT / "chatops/cloud/README.md"
_ROW = re.compile(r"\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
_PLACE = re.compile(r"`([^`]+\.py)`(?: `([^`]+)`)?")
_MENTION = re.compile(r"conflicts? (\d+(?:(?:, | and )\d+)*)")
_NO_PLACE = "-"


@dataclass(frozen=True, kw_only=True)
class Row:
    number: int
    answer: str
    where: str


ROWS = [
    Row(number=int(number), answer=answer, where=where)
    for number, _, answer, where in _ROW.findall(README.read_text(encoding="utf-8"))
]


def mentioned(path: Path) -> set[int]:
    text = path.read_text(encoding="utf-8")
    return {int(number) for listed in _MENTION.findall(text) for number in re.findall(r"\d+", listed)}


def test_every_number_has_one_row() -> None:
    assert [row.number for row in ROWS] == list(range(1, 81))


@pytest.mark.parametrize("row", [row for row in ROWS if row.where == _NO_PLACE], ids=lambda row: str(row.number))
def test_row_without_a_place_gives_its_reason(row: Row) -> None:
    assert row.answer.startswith("Not an API fact: ")


@pytest.mark.parametrize("row", [row for row in ROWS if row.where != _NO_PLACE], ids=lambda row: str(row.number))
def test_place_of_a_row_names_its_number_or_holds_what_the_row_says(row: Row) -> None:
    found = _PLACE.fullmatch(row.where)
    assert found is not None, f"{row.where} is no place"
    path, held = ROOT / found.group(1), found.group(2)
    if held is None:
        assert row.number in mentioned(path)
    else:
        assert held in path.read_text(encoding="utf-8")


def test_numbers_that_the_client_names_stand_in_the_table() -> None:
    named = {number for path in README.parent.glob("*.py") for number in mentioned(path)}
    assert len(named) >= 25
    assert named <= {row.number for row in ROWS}
