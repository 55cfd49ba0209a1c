"""Finding the phones a call names, and refusing those it may not touch."""

from chatops.simulator.call import Call
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.journeys import is_backing_up, is_restoring
from chatops.simulator.phones import Phone


def find_phone(call: Call, phone_id: str, unknown: ApiError = ApiError.NOT_OF_TENANT) -> Phone:
    """The phone of an id.

    Raises:
        RefusedError: 1001 for a phone of another tenant, 4001 for one that is gone, else what `unknown` says.

    """
    phone = call.tenant.fleet.find(phone_id)
    if phone is not None:
        return phone
    if call.is_foreign(phone_id):
        raise RefusedError(ApiError.NO_RIGHT_TO_INSTANCE, phone_id)
    if phone_id in call.tenant.fleet.released:
        raise RefusedError(ApiError.INSTANCE_UNKNOWN, phone_id)
    raise RefusedError(unknown, phone_id)


def find_phones(call: Call, phone_ids: list[str]) -> list[Phone]:
    """The phones of a batch, each once; all of them have to be in one region (1002)."""
    phones = [find_phone(call, phone_id) for phone_id in dict.fromkeys(phone_ids)]
    if len({phone.region.id for phone in phones}) > 1:
        raise RefusedError(ApiError.SEVERAL_REGIONS)
    return phones


def require_free(call: Call, phones: list[Phone]) -> None:
    """Refuse phones whose data is on its way, from (2005) or to (2006) its backup."""
    for phone in phones:
        if is_restoring(phone, call.clock):
            raise RefusedError(ApiError.RESTORING, phone.id)
        if is_backing_up(phone, call.clock):
            raise RefusedError(ApiError.BACKING_UP, phone.id)


def require_usable(call: Call, phones: list[Phone]) -> None:
    """Refuse phones that are frozen (2004), or not free."""
    for phone in phones:
        if phone.frozen:
            raise RefusedError(ApiError.FROZEN, phone.id)
    require_free(call, phones)
