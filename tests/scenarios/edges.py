"""The limits of the reference, as arguments that are just inside and such that are just outside."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from tests.chatops.cloud.world import ACTIONS
from tools import Targets

Arguments = dict[str, JsonValue]
TARGETED = sorted(name for name, action in ACTIONS.items() if issubclass(action.params, Targets))
SPEC: Arguments = {"kbps": 100, "fps": 30}


def ids(count: int) -> list[JsonValue]:
    return [f"phone{number:03d}" for number in range(count)]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Changes to the printed example that are just inside, and such that are just outside."""

    requirement: str
    action: str
    inside: tuple[Arguments, ...]
    outside: tuple[Arguments, ...] = field(default=())


def _text(requirement: str, action: str, name: str, most: int) -> Limit:
    required = ACTIONS[action].params.model_fields[name].is_required()
    return Limit(
        requirement=requirement,
        action=action,
        inside=({name: "a" * most}, {name: "a"}),
        outside=({name: "a" * (most + 1)}, {name: ""}, {name: 7}, {name: None if required else 8}),
    )


def _number(
    requirement: str, action: str, name: str, inside: tuple[JsonValue, ...], outside: tuple[JsonValue, ...]
) -> Limit:
    return Limit(
        requirement=requirement,
        action=action,
        inside=tuple({name: value} for value in inside),
        outside=(*({name: value} for value in outside), {name: None}, {name: "x"}, {name: True}),
    )


def _rate(*values: float) -> tuple[Arguments, ...]:
    return tuple({"p720": {"kbps": value, "fps": 30}} for value in values)


def _period(unit: str, *values: float) -> tuple[Arguments, ...]:
    return tuple({"period_unit": unit, "period": value} for value in values)


def _link(length: int) -> str:
    start = "https://storage.example.com/?Signature="
    return start + "a" * (length - len(start))


COMMANDS = ("run_command", "start_command")
USERS = ("assign_instances", "unassign_instances", "prepare_instances", "get_prepare_progress")
LIMITS = (
    *(
        Limit(
            requirement="limit:command-bytes",
            action=action,
            inside=({"command": "a" * 1024}, {"command": "a"}),
            outside=({"command": "a" * 1025}, {"command": ""}, {"command": "  "}, {"command": "é" * 513}),
        )
        for action in COMMANDS
    ),
    *(
        Limit(
            requirement="limit:command-characters",
            action=action,
            inside=({"command": "ABCxyz019_./:-"}, {"command": "pm list packages -3"}),
            outside=tuple(
                {"command": f"ls{character}"} for character in "'\"`;|&$><*?!#~(){}[]\\%^=+,@\n\t\r\0é中\u00a0"
            ),
        )
        for action in COMMANDS
    ),
    *(
        Limit(
            requirement="limit:instance-ids-length",
            action=action,
            inside=({"instance_ids": ids(100)}, {"instance_ids": ids(1)}),
            outside=(
                {"instance_ids": ids(501)},  # 101 are two requests: planning cuts them
                {"instance_ids": []},
                {"instance_ids": None},
                {"instance_ids": "a"},
                {"instance_ids": {"a": 1}},
            ),
        )
        for action in TARGETED
    ),
    *(
        Limit(
            requirement="limit:instance-id-length",
            action=action,
            inside=({"instance_ids": ["a" * 32]}, {"instance_ids": ["a"]}),
            outside=tuple({"instance_ids": [each]} for each in ("a" * 33, "", "a/b", "a b", "a\n", " a", 7, None)),
        )
        for action in TARGETED
    ),
    *(_text("limit:instance-id-length", action, "instance_id", 32) for action in ("get_device_token",)),
    _text("limit:instance-id-length", "get_prepare_progress", "instance_id", 32),
    *(_text("limit:user-id-length", action, "user_id", 32) for action in USERS),
    *(
        Limit(
            requirement="limit:user-instances-length",
            action=action,
            inside=({"instance_ids": ids(100)},),
            outside=({"instance_ids": ids(501)},),
        )
        for action in ("assign_instances", "unassign_instances")
    ),
    Limit(
        requirement="limit:code-rate-range",
        action="set_video",
        inside=_rate(100, 10_000),
        outside=_rate(0, -100, 10_100, 1e300),
    ),
    Limit(
        requirement="limit:code-rate-step",
        action="set_video",
        inside=_rate(100, 200),
        outside=_rate(101, 150, 199, 100.5),
    ),
    Limit(
        requirement="limit:video-definitions",
        action="set_video",
        inside=({"p540": SPEC, "p720": SPEC, "p1080": SPEC},),
        outside=({"p540": None}, {"p720": {}}, {"p1080": {"kbps": 100}}, {"overrides": [{}]}),
    ),
    Limit(
        requirement="limit:query-time-format",
        action="list_instances",
        inside=(
            {"since": "2023-08-15T14:30:45Z"},
            {"since": "2023-08-15T14:30:45.999+08:00", "until": "2024-01-01T00:00:00Z"},
            {"until": "1970-01-02T00:00:00Z"},
            {"until": "9998-12-31T23:59:59-14:00"},
        ),
        outside=(
            {"since": "2023-08-15 14:30:45"},
            {"since": "2023-08-15T14:30:45"},
            {"since": "yesterday"},
            {"since": "0001-01-01T00:00:00+14:00"},
            {"until": "9999-12-31T23:59:59-14:00"},
            {"since": "2024-01-01T00:00:00Z", "until": "2023-01-01T00:00:00Z"},
        ),
    ),
    _text("limit:instance-sku-id-length", "create_instances", "instance_sku_id", 64),
    _text("limit:band-sku-id-length", "create_instances", "band_sku_id", 64),
    _text("limit:region-id-length", "create_instances", "region", 64),
    _text("limit:name-prefix-length", "create_instances", "name_prefix", 14),
    _number("limit:order-count", "create_instances", "count", (1, 1500), (0, -1, 1501, 1.5)),
    _number("limit:band-size", "create_instances", "bandwidth_mbps", (4, 0.5), (0, -1)),
    Limit(
        requirement="limit:period-months",
        action="create_instances",
        inside=_period("month", 1, 9),
        outside=_period("month", 0, -1, 10, 1.5),
    ),
    Limit(
        requirement="limit:period-years",
        action="create_instances",
        inside=_period("year", 1, 3),
        outside=_period("year", 0, 4, 9),
    ),
    _text("limit:object-name-length", "install_app", "package", 100),
    _text("limit:file-name-length", "install_app", "file_name", 100),
    _text("limit:object-version-length", "install_app", "version", 100),
    _number("limit:object-size", "install_app", "size_mb", (1, 2048), (0, -1, 2049, 1.5)),
    Limit(
        requirement="limit:content-md5-length",
        action="install_app",
        inside=({"md5": ""}, {"md5": "0123456789abcdefABCDEF0123456789"}),
        outside=({"md5": "fghfg"}, {"md5": "0" * 31}, {"md5": "0" * 33}, {"md5": "g" * 32}, {"md5": None}),
    ),
    Limit(
        requirement="limit:install-link-length",
        action="install_app",
        inside=({"link": _link(2000)}, {"link": "http://a"}),
        outside=(
            {"link": _link(2001)},
            {"link": ""},
            {"link": "ftp://a/b"},
            {"link": "https://user:word@a/b"},
            {"link": "https://a/ b"},
            {"link": "https://a/\n"},
            {"link": "https://a/é"},
            {"link": "https://"},
            {"link": "https://["},
        ),
    ),
)
