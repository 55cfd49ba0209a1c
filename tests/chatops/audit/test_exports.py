import csv
import io
import json

import pytest

from chatops.audit import AuditEvent, Filter, Kind, Style, export, open_trail
from chatops.audit.exports import COLUMNS
from tests.chatops.audit.people import ALICE, event
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio

FULL = AuditEvent(
    kind=Kind.DENIED,
    principal=ALICE,
    action="=cmd|' /C calc'!A0",
    targets=("a", "b"),
    facts={"count": 2},
    details={"reason": 'he said "no",\nand left'},
)


async def lines(place: Place, style: Style, wanted: Filter = Filter()) -> str:  # noqa: B008  # frozen
    async with open_trail(place.open()) as trail:
        await trail.record(event(), FULL)
    return "".join([line async for line in export(place.open(), wanted, style)])


async def test_json_lines_are_one_event_a_line(place: Place) -> None:
    found = [json.loads(line) for line in (await lines(place, Style.JSON_LINES)).splitlines()]
    assert [each["seq"] for each in found] == [1, 2]
    assert found[1]["details"] == {"reason": 'he said "no",\nand left'}


async def test_export_takes_filters(place: Place) -> None:
    found = await lines(place, Style.JSON_LINES, Filter(denied=True))
    assert json.loads(found)["seq"] == 2


async def test_csv_has_a_heading_and_a_row_for_each_event(place: Place) -> None:
    rows = list(csv.DictReader(io.StringIO(await lines(place, Style.CSV))))
    assert [row["seq"] for row in rows] == ["1", "2"]
    assert rows[1]["targets"] == '["a","b"]'
    assert json.loads(rows[1]["details"])["reason"] == 'he said "no",\nand left'
    assert rows[0]["approver"] == ""


async def test_spreadsheet_does_not_calculate_what_somebody_typed(place: Place) -> None:
    rows = list(csv.DictReader(io.StringIO(await lines(place, Style.CSV))))
    assert rows[1]["action"] == "'=cmd|' /C calc'!A0"


async def test_every_field_of_an_event_has_a_column() -> None:
    fields = {name for name in AuditEvent.__dataclass_fields__ if name != "principal"}
    assert set(COLUMNS) == fields | {"seq", "at", "person", "door", "assistant", "mac"}
