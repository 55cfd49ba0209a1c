import pytest

from chatops.simulator.clock import time_text
from tests.chatops.simulator.harness import Cloud, outcome

pytestmark = pytest.mark.anyio


async def _rows(cloud: Cloud, **params: str) -> list[dict[str, object]]:
    answer = await cloud.list(**params)
    assert outcome(answer) == (200, "0")
    rows: list[dict[str, object]] = answer.json()["data"]["result"]
    return rows


async def test_a_page_has_at_most_a_hundred_rows_whatever_was_asked(cloud: Cloud) -> None:
    data = (await cloud.list(page_size="200")).json()["data"]
    assert (data["page_size"], data["page_no"], data["total_count"], len(data["result"])) == (100, 1, 60, 60)


async def test_a_page_behind_the_last_is_empty(cloud: Cloud) -> None:
    assert await _rows(cloud, page_no="7", page_size="10") == []


async def test_one_phone_is_found_by_its_id(cloud: Cloud) -> None:
    assert [row["instance_name"] for row in await _rows(cloud, instance_id="5srn5hL8")] == ["CCTEST-00001"]
    assert await _rows(cloud, instance_id="5srn5hL8", page_no="2") == []
    assert await _rows(cloud, instance_id="5srn5hL8", instance_name="other") == []
    assert await _rows(cloud, instance_id="nobodys1") == []


async def test_a_name_is_exact_by_the_tables_and_a_part_as_printed(cloud: Cloud, printed_cloud: Cloud) -> None:
    assert await _rows(cloud, instance_name="CCTEST") == []
    assert len(await _rows(cloud, instance_name="CCTEST-00001")) == 1
    assert len(await _rows(printed_cloud, instance_name="CCTEST")) == 1


async def test_times_bound_the_creation(cloud: Cloud) -> None:
    phones = sorted(cloud.simulator.fleet, key=lambda phone: phone.created)
    middle = time_text(phones[30].created)
    older = await _rows(cloud, query_end_time=middle)
    newer = await _rows(cloud, query_start_time=middle)
    assert len(older) + len(newer) == 60
    assert await _rows(cloud, query_start_time="2035-01-01 00:00:00") == []


@pytest.mark.parametrize(
    "time", ["2023-08-15", "2023-08-15T14:30:45", "2023-13-15 14:30:45", "2023-8-15 14:30:45", "now"]
)
async def test_a_time_of_another_format_is_refused(cloud: Cloud, time: str) -> None:
    assert outcome(await cloud.list(query_start_time=time)) == (400, "1000")


async def test_times_the_wrong_way_round_are_refused(cloud: Cloud) -> None:
    params = {"query_start_time": "2025-01-02 00:00:00", "query_end_time": "2025-01-01 00:00:00"}
    assert outcome(await cloud.list(**params)) == (400, "6000")


@pytest.mark.parametrize(("scene", "count"), [("CLOUD_PHONE", 60), ("CLOUD_APP", 0)])
async def test_a_scene_keeps_its_phones(cloud: Cloud, scene: str, count: int) -> None:
    assert len(await _rows(cloud, pool_scene_tag=scene)) == count


async def test_an_unknown_scene_is_refused(cloud: Cloud) -> None:
    assert outcome(await cloud.list(pool_scene_tag="cloud_phone")) == (400, "1000")


@pytest.mark.parametrize("name", ["page_no", "page_size"])
@pytest.mark.parametrize("value", ["0", "-1", "x"])
async def test_page_numbers_and_sizes_are_integers_from_one(cloud: Cloud, name: str, value: str) -> None:
    assert outcome(await cloud.list(**{name: value})) == (400, "1000")


async def test_a_row_shows_the_state_of_the_moment(cloud: Cloud) -> None:
    await cloud.post("backup", {"instance_ids": ["iRJEVP96"]})
    seen = []
    for seconds in (0, 2, 6):
        cloud.time.forward(seconds)
        (row,) = await _rows(cloud, instance_id="iRJEVP96")
        seen.append((row["running_status"], row["backup_status"]))
    assert seen == [(3, 0), (3, 1), (1, 2)]


async def test_no_times_and_no_owner_are_null(cloud: Cloud) -> None:
    (row,) = await _rows(cloud, instance_id="XvH39QVW")
    assert (row["assign_status"], row["assign_user"], row["backup_time"], row["phone_id"]) == (
        0,
        None,
        None,
        "XvH39QVW",
    )
