"""batch-query, the listing (reference 4.1.10)."""

import calendar
import re
import time
from collections.abc import Callable

from chatops.simulator.call import Answer, Call, Envelope
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.journeys import running_status
from chatops.simulator.phones import Phone
from chatops.simulator.reader import wrong

_MOST_ROWS = 100  # the printed answer has 100 where 200 were asked for (conflict 9)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_SCENES = ("CLOUD_APP", "CLOUD_PHONE")


def list_phones(call: Call) -> Answer:
    """A page of the tenant's phones."""
    number = call.query.whole("page_no")
    size = min(call.query.whole("page_size"), _MOST_ROWS)
    phones, total = _select(call, _first_row(call, number, size), size)
    rows = {"result": [_row(call, phone) for phone in phones]}
    paging = {"page_no": number, "page_size": size, "total_count": total}
    if call.printed:  # beside data as printed, inside it by table 4-69 (conflict 3)
        return Answer(rows, "OK", Envelope.TOP, paging)
    return Answer({**rows, **paging}, "OK", Envelope.INSIDE)


def _first_row(call: Call, number: int, size: int) -> int:
    """The index of a page's first row. Phones that go or come between two requests move it; here faults do."""
    if call.drift == "repeat":
        return 0
    moved = {"shift": 1, "duplicate": -1}.get(call.drift, 0)
    return max(0, (number - 1) * size + moved)


def _select(call: Call, first: int, size: int) -> tuple[list[Phone], int]:
    fleet = call.tenant.fleet
    phone_id = call.query.text("instance_id")
    keep = _all_of(_filters(call))
    if phone_id is None:
        return fleet.page(first, size, keep)
    phone = fleet.find(phone_id)
    found = [phone] if phone is not None and (keep is None or keep(phone)) else []
    return found[first : first + size], len(found)


def _all_of(filters: list[Callable[[Phone], bool]]) -> Callable[[Phone], bool] | None:
    if len(filters) == 1:
        return filters[0]  # the usual case, and a large fleet feels the difference
    return (lambda phone: all(keep(phone) for keep in filters)) if filters else None


def _filters(call: Call) -> list[Callable[[Phone], bool]]:
    filters: list[Callable[[Phone], bool]] = []
    name = call.query.text("instance_name")
    if name is not None:  # exact or fuzzy is not said (conflict 79): one in either dialect
        filters.append((lambda phone: name in phone.name) if call.printed else (lambda phone: name == phone.name))
    start, end = _read_time(call, "query_start_time"), _read_time(call, "query_end_time")
    if start is not None and end is not None and start > end:
        raise RefusedError(ApiError.PARAMETER_INVALID, "query_start_time is after query_end_time")
    if start is not None:
        filters.append(lambda phone: phone.created >= start)
    if end is not None:
        filters.append(lambda phone: phone.created <= end)
    scene = call.query.text("pool_scene_tag")
    if scene is None and call.printed:
        scene = call.query.text("poolSceneTag")  # as in the printed URL (conflict 4)
    if scene is not None:
        if scene not in _SCENES:
            raise wrong(f"pool_scene_tag must be one of {', '.join(_SCENES)}")
        filters.append(lambda phone: phone.scene == scene)
    return filters


def _read_time(call: Call, name: str) -> float | None:
    text = call.query.text(name)
    if text is None:
        return None
    if not _TIME.fullmatch(text):
        raise wrong(f"{name} must look like 2023-08-15 14:30:45")
    try:
        return float(calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S")))
    except ValueError as error:
        raise wrong(f"{name} is no time") from error


def _row(call: Call, phone: Phone) -> dict[str, object]:
    """A phone as table 4-70 has it."""
    running = running_status(phone, call.clock)  # settles the phone, so it comes first
    step = phone.step(call.clock.state())
    account = call.tenant.account
    return {
        "instance_id": phone.id,
        "instance_name": phone.name,
        "region": phone.region.id,
        "instance_sku": phone.sku,
        "frozen_status": int(phone.frozen),
        "running_status": running,
        "login_status": int(phone.in_use),
        "assign_status": int(bool(phone.owner)),
        "assign_user": phone.owner or None,
        "billing_mode": "2" if phone.pay_per_use else "1",
        "project_id": account.project_id,
        "project_name": phone.region.id,
        "phone_id": "null" if call.printed else phone.id,  # conflict 64
        "member_name": phone.member or None,
        "account_name": account.domain,
        "region_name": phone.region.name,
        "region_name_en": phone.region.name_en,
        "backup_status": phone.backup if step is None or step.backup is None else step.backup,
        "backup_time": phone.backup_time or None,
        "restore_status": phone.restore if step is None or step.restore is None else step.restore,
        "restore_time": phone.restore_time or None,
    }
