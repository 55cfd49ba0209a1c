"""Where each enumeration of the reference stands: in which answer or request, and which word a person reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from tests.tools.stage import example_arguments

Arguments = dict[str, JsonValue]
PHONE = "a44uhlf7"


@dataclass(frozen=True, kw_only=True)
class Told:
    """Where an answer says it, and the word a person reads for each number."""

    action: str
    answer: Callable[[JsonValue], Mapping[str, JsonValue]]
    read: Callable[[dict[str, Any]], object]
    words: Mapping[str, str]
    shown: bool = True
    """Whether the door shows number and word together."""


def _listed(field: str, **words: str) -> Told:
    rows = {"backup_status": True, "frozen_status": True, "login_status": True, "running_status": True}
    return Told(
        action="list_instances",
        answer=lambda number: {"result": [{"instance_id": PHONE, field: number}], "total_count": 1},
        read=lambda data: data["instances"][0].get(field),
        words={name.lstrip("_"): word for name, word in words.items()},
        shown=field in rows,
    )


_COPY = {"_0": "preparing", "_1": "running", "_2": "succeeded", "_3": "failed", "_4": "other"}
_RUN = {"0": "unknown", "1": "stopped", "2": "running", "3": "going_offline", "4": "starting", "5": "shut_down"}
TOLD: dict[str, tuple[Told, ...]] = {
    "running_status": (
        _listed("running_status", **{f"_{number}": word for number, word in _RUN.items()}),
        Told(
            action="query_status",
            answer=lambda number: {"status_results": [{"instance_id": PHONE, "status": number}]},
            read=lambda data: data["phones"][0]["status"],
            words=_RUN,
        ),
    ),
    "job_status": (
        Told(
            action="run_command",
            answer=lambda number: {"cmd_results": [{"instance_id": PHONE, "status": number}]},
            read=lambda data: data["results"][0]["status"],
            words={"1": "running", "2": "succeeded", "-1": "failed"},
        ),
        Told(
            action="get_task",
            answer=lambda number: {"jobs": [{"job_id": "j", "status": number}]},
            read=lambda data: data["jobs"][0]["status"],
            words={"1": "running", "2": "succeeded", "-1": "failed"},
        ),
    ),
    "prepare_status": (
        Told(
            action="prepare_instances",
            answer=lambda number: {"status_list": [{"instance_id": "iRJEVP96", "status": number}]},
            read=lambda data: data["phones"][0]["status"],
            words={"0": "normal", "1": "to_be_restored", "2": "to_be_assigned", "3": "backing_up"},
        ),
    ),
    "progress_status": (
        Told(
            action="get_prepare_progress",
            answer=lambda number: {"status": number, "waitingCount": 0},
            read=lambda data: data["status"],
            words={
                "0": "normal",
                "1": "queued",
                "2": "restoring",
                "3": "backing_up",
                "4": "resetting",
                "5": "rebooting",
                "6": "offline",
                "-1": "failed",
            },
        ),
    ),
    "frozen_status": (_listed("frozen_status", _0="normal", _1="frozen"),),
    "login_status": (_listed("login_status", _0="logged_out", _1="logged_in"),),
    "assign_status": (_listed("assign_status", _0="unassigned", _1="assigned"),),
    "backup_status": (_listed("backup_status", **_COPY),),
    "restore_status": (_listed("restore_status", **_COPY),),
    "charge_mode": (
        Told(
            action="list_skus",
            answer=lambda number: {
                "skuSpecResponseList": [{"regionId": "r", "skuResponses": [{"cbcSkuId": "s", "chargeMode": number}]}]
            },
            read=lambda data: data["skus"][0]["charge_mode"],
            words={"0": "subscription", "1": "pay_per_use", "2": "both"},
        ),
    ),
}


def _in_a_sku(**fields: JsonValue) -> Mapping[str, JsonValue]:
    image: dict[str, JsonValue] = {"version": "AOSP9", **{key: value for key, value in fields.items() if key != "type"}}
    images: list[JsonValue] = [image]
    sku: dict[str, JsonValue] = {"cbcSkuId": "s", "type": fields.get("type", ""), "poolInfo": {"aosp": images}}
    skus: list[JsonValue] = [sku]
    return {"skuSpecResponseList": [{"regionId": "r", "skuResponses": skus}]}


def _of_image(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["skus"][0]["images"][0][name]


SPELLED: dict[str, tuple[Callable[[str], Mapping[str, JsonValue]], Callable[[dict[str, Any]], object]]] = {
    "sku_kind": (lambda word: _in_a_sku(type=word), lambda data: data["skus"][0]["kind"]),
    "image_network": (lambda word: _in_a_sku(network=word), _of_image("network")),
    "image_enable": (
        lambda word: _in_a_sku(enable=word == "true"),
        lambda data: str(_of_image("enabled")(data)).lower(),
    ),
}


def _specification(fps: int) -> Arguments:
    return {"kbps": 100, "fps": fps}


def _order(**changes: JsonValue) -> Arguments:
    return example_arguments("create_instances", **changes)


def _charge(name: str) -> Callable[[Any], object]:
    return lambda body: str(body["chargeParam"][name])


def _settings(read: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda body: {read(setting) for setting in body["instance_settings"]}


def _definitions(body: Any) -> set[str]:  # noqa: ANN401  # a recorded body
    return {name for setting in body["instance_settings"] for group in setting["video_spec_groups"] for name in group}


def _frames(body: Any) -> set[str]:  # noqa: ANN401  # a recorded body
    return {
        str(spec["fps"])
        for setting in body["instance_settings"]
        for group in setting["video_spec_groups"]
        for spec in group.values()
    }


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Arguments that ask for a member, and where the wire has it."""

    action: str
    arguments: Callable[[str], Arguments]
    read: Callable[[Any], object]
    holds_all: bool = False
    """Whether the wire has every member at once."""


def _renewal(value: str) -> str:
    return "automatic" if value == "1" else "manual"


ASKED = {
    "network_type": Asked(
        action="set_video",
        arguments=lambda _: example_arguments("set_video"),
        read=_settings(lambda setting: setting["network_type"]),
        holds_all=True,
    ),
    "encoding_type": Asked(
        action="set_video",
        arguments=lambda _: example_arguments("set_video"),
        read=_settings(lambda setting: setting["encoding_type"]),
        holds_all=True,
    ),
    "definition": Asked(
        action="set_video", arguments=lambda _: example_arguments("set_video"), read=_definitions, holds_all=True
    ),
    "fps": Asked(
        action="set_video",
        arguments=lambda value: example_arguments(
            "set_video", **{name: _specification(int(value)) for name in ("p540", "p720", "p1080")}
        ),
        read=lambda body: next(iter(_frames(body))) if len(_frames(body)) == 1 else _frames(body),
    ),
    "pool_scene_tag": Asked(
        action="list_instances", arguments=lambda value: {"scene": value}, read=lambda query: query["pool_scene_tag"]
    ),
    "sku_type": Asked(action="list_skus", arguments=lambda _: {}, read=lambda query: query["type"]),
    "os": Asked(action="create_instances", arguments=lambda value: _order(os=value), read=lambda body: body["os"]),
    "charging_mode": Asked(action="create_instances", arguments=lambda _: _order(), read=_charge("chargingMode")),
    "period_type": Asked(
        action="create_instances",
        arguments=lambda value: _order(period_unit={"2": "month", "3": "year"}[value]),
        read=_charge("periodType"),
    ),
    "is_auto_pay": Asked(
        action="create_instances",
        arguments=lambda value: _order(payment=_renewal(value)),
        read=_charge("isAutoPay"),
    ),
    "is_auto_renew": Asked(
        action="create_instances",
        arguments=lambda value: _order(renewal=_renewal(value)),
        read=_charge("isAutoRenew"),
    ),
    "fast_install": Asked(
        action="install_app",
        arguments=lambda value: example_arguments("install_app", fast=value == "1"),
        read=lambda body: body["fast_install"],
    ),
    "biz_type": Asked(
        action="install_app", arguments=lambda _: example_arguments("install_app"), read=lambda body: body["biz_type"]
    ),
    "content_type": Asked(
        action="install_app",
        arguments=lambda _: example_arguments("install_app"),
        read=lambda body: body["content_type"],
    ),
}
