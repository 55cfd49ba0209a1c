"""What people and models may ask: arguments that the types accept, and such that they may not."""

import string
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st
from pydantic import JsonValue

from tests.chatops.cloud.world import ACTIONS
from tests.tools.stage import arguments_of

Arguments = dict[str, JsonValue]
Values = st.SearchStrategy[JsonValue]

_LETTERS = string.ascii_letters + string.digits
PRINTED = ("a44uhlf7", "efjy72gs", "iRJEVP96", "iRJEVP9", "Q39YyZvI", "XvH39QVW", "Vpp8rC4Y", "5srn5hL8")
USERS = ("1123422", "1008600000104285462")


def _text(alphabet: str, most: int, *, first: str = "") -> st.SearchStrategy[str]:
    if not first:
        return st.text(alphabet, min_size=1, max_size=most)
    return st.builds(str.__add__, st.sampled_from(first), st.text(alphabet, max_size=most - 1))


phone: Values = st.sampled_from(PRINTED) | _text(_LETTERS + "_.:@-", 32, first=_LETTERS)
printed_phone: Values = st.sampled_from(PRINTED)
phones: Values = st.lists(printed_phone, min_size=1, max_size=8) | st.lists(phone, min_size=1, max_size=100)
user: Values = st.sampled_from(USERS) | _text(_LETTERS + "_.:@-", 32, first=_LETTERS)
region: Values = st.sampled_from(["cn-north-7", "cn-north-208"]) | _text(_LETTERS + "_-", 64)
task: Values = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="/"), min_size=1, max_size=128
)
command: Values = st.sampled_from(["ls -l /system", "id", "sleep 60", "pm list packages"]) | _text(
    _LETTERS + "_./:- ", 1024
).filter(lambda text: text.strip() != "")
name: Values = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128)
words: Values = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, (*range(32), 127)))),
    min_size=1,
    max_size=100,
)
moment: Values = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001  # the zone is drawn
    max_value=datetime(9998, 12, 30),  # noqa: DTZ001  # as above
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
).map(datetime.isoformat)
specification: Values = st.fixed_dictionaries(
    {"kbps": st.integers(1, 100).map(lambda hundreds: hundreds * 100), "fps": st.sampled_from([30, 60])}
)
override: Values = st.builds(
    lambda which, where: {**where, **which},
    st.dictionaries(st.sampled_from(["p540", "p720", "p1080"]), specification, min_size=1),
    st.fixed_dictionaries(
        {},
        optional={
            "network": st.sampled_from(["MOBILE_NETWORK", "WIFI", "WIRED"]),
            "encoding": st.sampled_from(["H264", "H265"]),
        },
    ),
)
_PATH = string.ascii_letters + string.digits + "-._~/:?#[]@!$&'()*+,;=%"
link: Values = st.builds(
    lambda scheme, host, rest: f"{scheme}://{host}.example.com/{rest}",
    st.sampled_from(["https", "http", "HTTPS"]),
    _text(string.ascii_lowercase, 20),
    st.text(_PATH, max_size=1900),
)
period: st.SearchStrategy[Arguments] = st.builds(
    lambda unit, number: {"period_unit": unit, "period": number}, st.just("month"), st.integers(1, 9)
) | st.builds(lambda unit, number: {"period_unit": unit, "period": number}, st.just("year"), st.integers(1, 3))
order: st.SearchStrategy[Arguments] = st.builds(
    lambda start, how_long: {**start, **how_long},
    st.fixed_dictionaries(
        {
            # AOSP14 stands in later versions of the reference only: this one's witness does not know it (conflict 49).
            "os": st.sampled_from(["AOSP9", "AOSP11"]),
            "instance_sku_id": st.just("kp.professional.2xlarge.128g.2") | _text(_LETTERS + "._-", 64),
            "band_sku_id": st.just("kp.bandwidth") | _text(_LETTERS + "._-", 64),
            "region": region,
            "name_prefix": _text(_LETTERS + "_-", 14),
            "bandwidth_mbps": st.sampled_from([4, 6.0]) | st.floats(0.001, 10_000, allow_nan=False),
            "count": st.integers(1, 1500),
            "payment": st.sampled_from(["manual", "automatic", 0, "1"]),
            "renewal": st.sampled_from(["manual", "automatic", 1, "0"]),
        },
        optional={"network": st.sampled_from(["EIP", "ADN"])},
    ),
    period,
)


def _in_order(filters: Mapping[str, Any]) -> Arguments:
    since, until = filters.get("since"), filters.get("until")
    if isinstance(since, str) and isinstance(until, str):
        first, last = sorted((since, until), key=lambda text: datetime.fromisoformat(text).astimezone(UTC))
        return {**filters, "since": first, "until": last}
    return dict(filters)


filters: st.SearchStrategy[Arguments] = st.fixed_dictionaries(
    {},
    optional={
        "instance_id": phone,
        "name": name | st.sampled_from(["demo-*", "demo-00001"]),
        "region": region,
        "state": st.sampled_from(["running", "stopped", 2, "5"]),
        "assignee": user | st.just("none"),
        "since": moment,
        "until": moment,
        "scene": st.sampled_from(["CLOUD_APP", "CLOUD_PHONE"]),
        "detail": st.booleans(),
        "limit": st.integers(1, 500),
        "offset": st.integers(0, 1_000_000) | st.integers(0, 70),
    },
).map(_in_order)
_commands: st.SearchStrategy[Arguments] = st.fixed_dictionaries({"command": command, "instance_ids": phones})
_phones: st.SearchStrategy[Arguments] = st.fixed_dictionaries({"instance_ids": phones})
_assignment: st.SearchStrategy[Arguments] = st.fixed_dictionaries({"instance_ids": phones, "user_id": user})
_region: st.SearchStrategy[Arguments] = st.fixed_dictionaries({}, optional={"region": region})

ACCEPTED: dict[str, st.SearchStrategy[Arguments]] = {
    "assign_instances": _assignment,
    "backup_instances": _phones,
    "create_instances": order,
    "delete_instances": _phones,
    "fleet_summary": _region,
    "get_device_token": st.fixed_dictionaries({"instance_id": phone}),
    "get_prepare_progress": st.fixed_dictionaries({"instance_id": phone, "user_id": user}),
    "get_task": st.fixed_dictionaries({"task_id": task.filter(lambda text: text not in (".", ".."))}),
    "install_app": st.fixed_dictionaries(
        {
            "instance_ids": phones,
            "package": words,
            "file_name": words,
            "version": words,
            "size_mb": st.integers(1, 2048),
            "link": link,
        },
        optional={"fast": st.booleans(), "md5": st.text("0123456789abcdefABCDEF", min_size=32, max_size=32)},
    ),
    "list_instances": filters,
    "list_skus": _region,
    "prepare_instances": _assignment,
    "query_status": _phones,
    "reboot_instances": _phones,
    "reset_instances": _phones,
    "run_command": _commands,
    "set_video": st.fixed_dictionaries(
        {"instance_ids": phones, "p540": specification, "p720": specification, "p1080": specification},
        optional={"overrides": st.lists(override, max_size=6)},
    ),
    "start_command": _commands,
    "unassign_instances": _assignment,
}
"""Arguments that the types of each action accept."""

_ODD: Values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40)
    | st.sampled_from(
        [
            *("", " ", "null", "0", "1", "-1", "true", "a/b", "../x", "\x00", "\u202e", "a\nb", "é" * 600, "x" * 2001),
            *(0, -1, 1501, 10_001, 2**31, 2**63, 1e300, 150, 100.5),
        ]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def anything(draw: st.DrawFn, action: str) -> Arguments:
    """Arguments that may be wrong anywhere: a value replaced, a name left out, another name added."""
    given = draw(ACCEPTED[action] | st.just(arguments_of(ACTIONS[action].examples[0].params)))
    names = st.sampled_from([*ACTIONS[action].params.model_fields, "extra"])
    for which in draw(st.lists(names, min_size=1, max_size=3)):
        how = draw(st.sampled_from(["replace", "drop", "nest"]))
        if how == "drop":
            given = {key: value for key, value in given.items() if key != which}
        else:
            value = draw(_ODD)
            given = {**given, which: [given.get(which), value] if how == "nest" else value}
    return given
