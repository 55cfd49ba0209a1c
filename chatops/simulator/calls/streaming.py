"""The device token, prepare, prepare-progress and backup (reference 4.1.7 and 4.3)."""

from chatops.simulator.call import Answer, Call
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.journeys import (
    BACKUP,
    FAILING_BACKUP,
    FAILING_PREPARE,
    PREPARE,
    START,
    is_backing_up,
    is_restoring,
    prepare_progress,
    running_status,
)
from chatops.simulator.phones import Journey, Phone, Running
from chatops.simulator.reader import ID_CHARACTERS, wrong
from chatops.simulator.targets import find_phone, find_phones, require_usable

_NORMAL, _TO_BE_RESTORED, _TO_BE_ASSIGNED, _BACKING_UP = 0, 1, 2, 3  # table 4-101


def device_token(call: Call) -> Answer:
    """What somebody needs to stream a phone; the token in it is a secret."""
    phone_id = call.path_values["instance_id"]
    if not 1 <= len(phone_id) <= ID_CHARACTERS:
        raise wrong("instance_id must have 1 to 32 characters")
    phone = find_phone(call, phone_id, ApiError.INSTANCE_UNKNOWN)
    require_usable(call, [phone])
    if not phone.on_hardware:
        raise RefusedError(ApiError.PHONE_ID_NOT_FOUND, "the instance was backed up and holds no phone")
    if phone.broken or running_status(phone, call.clock) is not Running.RUNNING:
        raise RefusedError(ApiError.INSTANCE_ABNORMAL, phone.id)
    return Answer({"resource": _resource(call, phone), "device_token": call.new_id()}, call.message("ok"))


def _resource(call: Call, phone: Phone) -> dict[str, object]:
    """Text in the internal half and numbers in the external one by the tables, null as printed (conflict 63)."""
    internal = {"address": "192.168.0.17", "aport": "10030", "atype": "1", "address_ipv6": ""}
    external = {"address": "10.83.71.187", "aport": 10030, "atype": 1, "address_ipv6": None if call.printed else ""}
    return {
        "sdk": {"internal": dict.fromkeys(internal) if call.printed else internal, "external": external},
        "rtc": {
            "ice_signaling": {
                "signaling_url": "http://100.93.2.248:18082",
                "expired_time": None if call.printed else "3600",
                "ice_servers": [],
            },
        },
        "device_id": call.new_id(),
        "kp_id": phone.id,
    }


def prepare(call: Call) -> Answer:
    """Bring phones to where they can be streamed."""
    user = call.body.text("user_id", ID_CHARACTERS)
    phones = find_phones(call, call.body.texts("instance_ids"))
    for phone in phones:
        _require_user(phone, user)
        if phone.frozen:
            raise RefusedError(ApiError.FROZEN, phone.id)
    rows = [{"instance_id": phone.id, "status": _prepare_one(call, phone)} for phone in phones]
    if call.printed and "a44uhlf7" not in {phone.id for phone in phones}:
        # The printed answer names phones that were not asked for, and not in the order of the request (conflict 39).
        rows = [{"instance_id": "a44uhlf7", "status": _NORMAL}, *reversed(rows)]
    return Answer({"status_list": rows}, call.message("ok"))


def _prepare_one(call: Call, phone: Phone) -> int:
    if is_backing_up(phone, call.clock):
        return _BACKING_UP
    if not phone.owner:
        return _TO_BE_ASSIGNED
    if is_restoring(phone, call.clock):
        return _TO_BE_RESTORED
    down = running_status(phone, call.clock) in (Running.STOPPED, Running.POWERED_OFF)
    if phone.on_hardware and not down:
        return _NORMAL
    phone.prepare_failed = False
    phone.begin(_journey_up(phone), call.clock.state())
    return _TO_BE_RESTORED


def _journey_up(phone: Phone) -> Journey:
    if phone.on_hardware:
        return START
    return FAILING_PREPARE if phone.broken else PREPARE


def query_progress(call: Call) -> Answer:
    """How far a preparation is."""
    user = call.body.text("user_id", ID_CHARACTERS)
    phone = find_phone(call, call.body.text("instance_id", ID_CHARACTERS), ApiError.INSTANCE_UNKNOWN)
    _require_user(phone, user)
    status, waiting = prepare_progress(phone, call.clock)
    return Answer({"status": status, "waitingCount": waiting}, "OK")


def backup(call: Call) -> Answer:
    """Save phones and release their hardware; the data has to be on the phones before."""
    if call.printed and "instance_id" in call.body and "instance_ids" not in call.body:
        phone_ids = [call.body.text("instance_id", ID_CHARACTERS)]  # the printed body (conflict 14)
        call.body.text("user_id", ID_CHARACTERS)
    else:
        phone_ids = call.body.texts("instance_ids")
    phones = find_phones(call, phone_ids)
    require_usable(call, phones)
    for phone in phones:
        if not phone.on_hardware:
            raise RefusedError(ApiError.PARAMETER_INVALID, f"the data of {phone.id} is not restored")
    for phone in phones:
        phone.begin(FAILING_BACKUP if phone.backup_fails else BACKUP, call.clock.state())
    return call.accepted("OK")


def _require_user(phone: Phone, user: str) -> None:
    """Refuse the phone of somebody else; one that nobody has is another matter (conflict 73)."""
    if phone.owner not in ("", user):
        raise RefusedError(ApiError.NO_PERMISSION, f"{phone.id} is assigned to another user")
