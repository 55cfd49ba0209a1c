"""assign and unassign (reference 4.1.8 and 4.1.9)."""

from chatops.simulator.call import MISSING, Answer, Call, Envelope
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.journeys import RESET
from chatops.simulator.phones import Phone
from chatops.simulator.reader import ID_CHARACTERS, LIST_LENGTH
from chatops.simulator.targets import find_phones, require_free, require_usable


def assign(call: Call) -> Answer:
    """Give phones to users; a phone somebody else has is refused, one the user has already is left alone."""
    pairs = _read_pairs(call)
    require_usable(call, [phone for phone, _ in pairs])
    for phone, user in pairs:
        if phone.owner not in ("", user):
            raise RefusedError(ApiError.PARAMETER_INVALID, f"{phone.id} is assigned to another user")
    for phone, user in pairs:
        if phone.owner != user:
            phone.owner, phone.member = user, f"member-{user[-6:]}"
    return _done(call)


def unassign(call: Call) -> Answer:
    """Take phones from users and wipe what the users had on them."""
    pairs = _read_pairs(call)
    require_free(call, [phone for phone, _ in pairs])
    for phone, user in pairs:
        if phone.owner != user:
            raise RefusedError(ApiError.PARAMETER_INVALID, f"{phone.id} is not assigned to this user")
    for phone, _ in pairs:
        phone.owner = phone.member = ""
        phone.broken = False
        call.tenant.wipe(phone.id)
        phone.begin(RESET, call.clock.state())
    return _done(call)


def _done(call: Call) -> Answer:
    """A code as the table says; nothing at all, as the example's "none" says (conflict 13)."""
    return Answer(MISSING, "OK", Envelope.EMPTY if call.printed else Envelope.TOP)


def _read_pairs(call: Call) -> list[tuple[Phone, str]]:
    users: dict[str, str] = {}
    for pair in call.body.children("user_instances", LIST_LENGTH):
        user = pair.text("user_id", ID_CHARACTERS)
        phone_id = pair.text("instance_id", ID_CHARACTERS)
        if users.setdefault(phone_id, user) != user:
            raise RefusedError(ApiError.PARAMETER_INVALID, f"{phone_id} stands there with two users")
    return [(phone, users[phone.id]) for phone in find_phones(call, list(users))]
