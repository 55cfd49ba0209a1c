import struct
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.surfaces.slack.chart import REGIONS_SHOWN, Chart, chart, is_drawable
from tools.fleet_summary import FleetSummary, RegionCount

PNG = b"\x89PNG\r\n\x1a\n"
ALT_LIMIT = 2000  # docs.slack.dev/reference/block-kit/blocks/image-block


def summary(*regions: RegionCount) -> FleetSummary:
    return FleetSummary(
        phones=sum(region.phones for region in regions),
        regions=regions,
        running_status={},
        assigned=0,
        in_use=0,
        frozen=0,
        backup_status={},
        restore_status={},
        oddities=(),
        complete=True,
    )


def region(name: str, phones: int = 10, running: int = 7, in_use: int = 3) -> RegionCount:
    return RegionCount(region=name, phones=phones, running=running, assigned=0, in_use=in_use, frozen=0)


def size(drawn: Chart) -> tuple[int, int]:
    assert drawn.png.startswith(PNG)
    width, height = struct.unpack(">II", drawn.png[16:24])
    return int(width), int(height)


@pytest.mark.process  # loads fonts the first time
def test_picture_grows_with_its_regions_and_says_its_numbers_in_words() -> None:
    one, three = chart(summary(region("north"))), chart(summary(region("north"), region("south", 20), region("west")))
    assert size(one)[0] == size(three)[0]
    assert size(one)[1] < size(three)[1]
    assert three.alt_text == (
        "The fleet by region. south: 20 phones, 7 running, 3 in use; "
        "north: 10 phones, 7 running, 3 in use; west: 10 phones, 7 running, 3 in use."
    )


@pytest.mark.process
def test_another_number_is_another_picture() -> None:
    assert chart(summary(region("north"))).png == chart(summary(region("north"))).png
    assert chart(summary(region("north"))).png != chart(summary(region("north", in_use=4))).png


@pytest.mark.process
def test_regions_beyond_what_can_be_read_are_counted_in_words() -> None:
    drawn = chart(summary(*(region(f"region-{number}", number + 1) for number in range(REGIONS_SHOWN + 3))))
    assert drawn.alt_text.endswith("; 3 more regions are not shown.")


@pytest.mark.process
def test_empty_fleet_has_a_picture_too() -> None:
    assert chart(summary()).alt_text == "The fleet has no phones."


@pytest.mark.process
@settings(max_examples=15, deadline=None)
@given(
    name=st.text(max_size=60), phones=st.integers(0, 100_000), running=st.integers(0, 200_000), used=st.integers(0, 9)
)
def test_no_name_and_no_number_breaks_the_picture(name: str, phones: int, running: int, used: int) -> None:
    drawn = chart(summary(region(name, phones, running, used), region(f"${name}$", 1)))
    assert size(drawn)[0] > 0
    assert len(drawn.alt_text) <= ALT_LIMIT


@pytest.mark.process
def test_slack_door_does_not_load_what_draws() -> None:
    code = "import sys; import chatops.surfaces.slack.chart; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert is_drawable()
