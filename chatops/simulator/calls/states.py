"""batch-query-status, batch-reset and reboot (reference 4.1.5, 4.1.6, 4.1.11)."""

from chatops.simulator.call import Answer, Call
from chatops.simulator.journeys import REBOOT, RESET, running_status
from chatops.simulator.phones import Phone
from chatops.simulator.printed import SILENT_PHONE_ID
from chatops.simulator.targets import find_phone, find_phones, require_usable


def query_status(call: Call) -> Answer:
    """Run states. A query operates on nothing, so that phones of several regions may be asked for at once."""
    phones = [find_phone(call, phone_id) for phone_id in dict.fromkeys(call.body.texts("instance_ids"))]
    if call.printed:
        phones = [phone for phone in phones if phone.id != SILENT_PHONE_ID]  # asked for, not answered (conflict 40)
    results = [{"instance_id": phone.id, "status": running_status(phone, call.clock)} for phone in phones]
    return Answer({"status_results": results}, call.message("ok"))


def reset(call: Call) -> Answer:
    """Back to the factory state: what was on the phones is gone as soon as the call is accepted."""
    phones = _usable(call)
    for phone in phones:
        call.tenant.wipe(phone.id)
        phone.broken = False
        phone.begin(RESET, call.clock.state())
    return call.accepted("ok")


def reboot(call: Call) -> Answer:
    """Restart phones; a broken one stays broken."""
    for phone in _usable(call):
        phone.begin(REBOOT, call.clock.state())
    return call.accepted("OK")


def _usable(call: Call) -> list[Phone]:
    phones = find_phones(call, call.body.texts("instance_ids"))
    require_usable(call, phones)
    return phones
