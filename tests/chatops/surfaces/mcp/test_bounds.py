import json
from collections.abc import Iterable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import JsonValue

from chatops.control import every_action
from chatops.outcome import Outcome, Status
from chatops.surfaces.mcp.bounds import CHARACTER_LIMIT, Fitted, fit
from chatops.surfaces.mcp.schemas import output_schema
from tools import load_actions

ACTIONS = load_actions()
PHONE: dict[str, JsonValue] = {"instance_id": "a" * 8, "instance_name": "n" * 100, "running_status": "running"}


def outcome_of(name: str, params: dict[str, JsonValue], result: JsonValue, warnings: Iterable[str] = ()) -> Outcome:
    action = ACTIONS[name]
    return Outcome(
        status=Status.DONE,
        message="As answered.",
        action=action,
        params=action.params.model_validate_json(json.dumps(params)),
        result=action.result.model_validate(result),
        warnings=tuple(warnings),
    )


def listing(count: int, offset: int = 0, **phone: JsonValue) -> Outcome:
    rows: list[JsonValue] = [{**PHONE, **phone} for _ in range(count)]
    result: JsonValue = {"instances": rows, "matched": 5000, "complete": True, "next_offset": offset + count}
    return outcome_of("list_instances", {"limit": 500, "offset": offset}, result)


def commands(count: int, output: str) -> Outcome:
    rows: list[JsonValue] = [{"instance_id": f"p{index}", "status": 2, "output": output} for index in range(count)]
    params: dict[str, JsonValue] = {"instance_ids": [f"p{index}" for index in range(count)], "command": "df"}
    return outcome_of("run_command", params, {"results": rows})


def data_of(fitted: Fitted) -> dict[str, Any]:
    data = fitted.structured["data"]
    assert isinstance(data, dict)
    return data


def assert_sound(fitted: Fitted, action: str) -> None:
    told = json.dumps({"text": fitted.text, "structured": fitted.structured}, ensure_ascii=False, separators=(",", ":"))
    assert len(told) <= CHARACTER_LIMIT + len('"text":"structured":')
    assert CHARACTER_LIMIT / 4 == 10_000
    Draft202012Validator(output_schema(ACTIONS[action])).validate(fitted.structured)


def test_what_fits_is_left_as_it_is() -> None:
    fitted = fit(listing(20))
    assert fitted.outcome == listing(20)
    assert fitted.structured == listing(20).payload()


def test_too_many_rows_are_cut_at_the_end_and_the_page_goes_on_behind_the_last_shown() -> None:
    fitted = fit(listing(500, offset=1000))
    assert_sound(fitted, "list_instances")
    shown = len(data_of(fitted)["instances"])
    assert 100 < shown < 500
    assert data_of(fitted)["next_offset"] == 1000 + shown
    assert fitted.outcome.message == f"5000 phones; {shown} shown. For the next ones: offset={1000 + shown}."
    assert fitted.outcome.warnings == (
        (
            f"Only the first {shown} of 500 instances are in this answer. "
            f"Go on with offset={1000 + shown}, or ask for fewer with limit."
        ),
    )
    assert fitted.text.count("\n" + "a" * 8) == shown


@pytest.mark.parametrize("name", ["n" * 128, "\\" * 128, "|" * 128])
def test_page_of_which_nobody_said_how_long_it_is_stays_below_2000_tokens_whatever_phones_are_called(
    name: str,
) -> None:
    rows: list[JsonValue] = [{**PHONE, "instance_name": name, "assign_user": name[:32]} for _ in range(20)]
    result: JsonValue = {"instances": rows, "matched": 5000, "complete": True, "next_offset": 20}
    fitted = fit(outcome_of("list_instances", {"region": "cn-north-4"}, result))
    assert_sound(fitted, "list_instances")
    assert fitted.characters < 8_000
    shown = len(data_of(fitted)["instances"])
    assert 5 < shown < 20
    assert data_of(fitted)["next_offset"] == shown
    asked = fit(outcome_of("list_instances", {"limit": 20}, result))
    assert len(data_of(asked)["instances"]) == 20


@pytest.mark.parametrize(("params", "most"), [({}, 8_000), ({"region": "cn-north-4"}, CHARACTER_LIMIT)])
def test_catalogue_of_all_regions_stays_below_2000_tokens_and_says_how_to_see_more(
    params: dict[str, JsonValue], most: int
) -> None:
    skus: list[JsonValue] = [
        {"cbcSkuId": f"x{number}.basic", "specDescEn": "d" * 200, "calcSpec": "8 | 16"} for number in range(150)
    ]
    catalogue: JsonValue = {"skuSpecResponseList": [{"regionId": "cn-north-4", "skuResponses": skus}]}
    fitted = fit(outcome_of("list_skus", params, catalogue))
    assert most / 2 < fitted.characters < most
    assert len(data_of(fitted)["skus"]) < 150
    assert fitted.outcome.warnings[-1].endswith(
        "A person sees all of it at a terminal: chatops run skus." if params else "Ask for one region."
    )


@pytest.mark.parametrize(("params", "limit"), [({}, 8_000), ({"limit": 50}, CHARACTER_LIMIT)])
def test_page_with_a_cursor_goes_on_behind_the_last_row_that_is_shown(params: dict[str, JsonValue], limit: int) -> None:
    rows: list[JsonValue] = [
        {
            "operation_id": f"op_{number:016d}",
            "question": "Erase everything?" * 10,
            "action": "reset_instances",
            "person": "alice",
            "phones": 5,
            "risk": "destructive",
            "until": "2026-11-24T12:00:00Z",
            "may_approve": [f"somebody-with-a-long-name-{each}" for each in range(20)],
        }
        for number in range(50)
    ]
    action = every_action()["list_approvals"]
    fitted = fit(
        Outcome(
            status=Status.DONE,
            message="As answered.",
            action=action,
            params=action.params.model_validate(params),
            result=action.result.model_validate({"approvals": rows, "next_cursor": "op_0000000000000049"}),
        )
    )
    assert fitted.characters <= limit
    shown = data_of(fitted)["approvals"]
    assert 0 < len(shown) < 50
    last = shown[-1]["operation_id"]
    assert data_of(fitted)["next_cursor"] == last
    assert f"For the next ones: cursor={last}." in fitted.outcome.message
    assert f"Go on with cursor={last}, or ask for fewer with limit." in fitted.outcome.warnings[-1]


def test_one_more_row_would_not_have_fitted() -> None:
    cut = fit(listing(500))
    shown = len(data_of(cut)["instances"])
    assert fit(listing(shown - 1)).outcome.warnings == ()
    assert cut.characters > CHARACTER_LIMIT - 600


def test_long_texts_are_shortened_before_any_row_is_left_out() -> None:
    fitted = fit(commands(100, "x" * 1000))
    assert_sound(fitted, "run_command")
    results = data_of(fitted)["results"]
    assert len(results) == 100
    assert results[0]["output"] == "x" * 127 + "…"
    assert "x" * 127 + "…" in fitted.text
    assert "x" * 128 not in fitted.text
    (note,) = fitted.outcome.warnings
    assert note.startswith("Texts longer than 128 characters are cut in this answer (…).")
    assert "calling again would do it again" in note
    assert fitted.outcome.message == "As answered."


def test_texts_are_shortened_no_more_than_needed() -> None:
    assert fit(commands(30, "x" * 1024)).cell_limit == 512


def test_shortening_and_leaving_out_are_both_said() -> None:
    fitted = fit(commands(100, "\\" * 1000))
    assert_sound(fitted, "run_command")
    assert [note.split()[0] for note in fitted.outcome.warnings] == ["Texts", "Only"]


@pytest.mark.parametrize(
    ("name", "params", "result", "advice"),
    [
        ("fleet_summary", {}, "regions", "Ask for one region."),
        ("fleet_summary", {"region": "cn-north-7"}, "regions", "at a terminal: chatops run phones."),
        ("get_task", {"task_id": "t"}, "jobs", "at a terminal: chatops run task t."),
    ],
)
def test_advice_is_something_the_action_can_do(
    name: str, params: dict[str, JsonValue], result: str, advice: str
) -> None:
    region: JsonValue = {"region": "r" * 90, "phones": 1, "running": 1, "assigned": 1, "in_use": 1, "frozen": 1}
    empty: dict[str, JsonValue] = {
        **dict.fromkeys(("phones", "assigned", "in_use", "frozen"), 0),
        **{each: {} for each in ("running_status", "backup_status", "restore_status")},
        "oddities": [],
        "complete": True,
    }
    rows: dict[str, JsonValue] = {
        "regions": [region] * 500,
        "jobs": [{"job_id": f"j{index}", "status": 2, "output": "o" * 90} for index in range(500)],
    }
    fitted = fit(outcome_of(name, params, {**empty, result: rows[result]}))
    assert_sound(fitted, name)
    assert fitted.outcome.warnings[-1].endswith(advice)


def test_one_row_that_alone_is_too_large_is_left_out_aloud() -> None:
    images: JsonValue = [{"version": "A" * 100} for _ in range(2000)]
    region: JsonValue = {"regionId": "r", "skuResponses": [{"cbcSkuId": "s", "images": images}]}
    fitted = fit(outcome_of("list_skus", {}, {"skuSpecResponseList": [region]}))
    assert_sound(fitted, "list_skus")
    assert data_of(fitted)["skus"] == []
    assert "Only the first 0 of 1 skus" in fitted.text


def test_what_cannot_be_cut_is_left_out_whole_and_said() -> None:
    states: JsonValue = {f"unlisted {index}": 1 for index in range(10_000)}
    counts: dict[str, JsonValue] = dict.fromkeys(("phones", "assigned", "in_use", "frozen"), 0)
    result: JsonValue = {
        **counts,
        "running_status": states,
        "backup_status": {},
        "restore_status": {},
        "regions": [],
        "oddities": [],
        "complete": True,
    }
    fitted = fit(outcome_of("fleet_summary", {}, result))
    assert_sound(fitted, "fleet_summary")
    assert "data" not in fitted.structured
    assert "The answer is too large and was left out." in fitted.text


def test_long_and_many_warnings_are_bounded_and_counted() -> None:
    fitted = fit(outcome_of("get_task", {"task_id": "t"}, {"jobs": []}, warnings=["w\x1b" * 2000] * 30))
    assert_sound(fitted, "get_task")
    assert len(fitted.outcome.warnings) == 8
    assert fitted.outcome.warnings[-1] == "23 more warnings are left out."
    assert "\x1b" not in fitted.text
