"""The 47 documented errors of the API and the general status codes, as data (sections 5.1 and 5.2 of the reference).

Errors are keyed by HTTP status and number, because one number stands there twice (conflict 31). Sentences are ours:
several of the printed ones speak of the server's insides (conflict 74).
"""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Who can do something about an error."""

    REQUEST = "request"
    ACCOUNT = "account"
    PERMISSION = "permission"
    MISSING = "missing"
    STATE = "state"
    CAPACITY = "capacity"
    PHONE = "phone"
    SERVER = "server"
    """It says nothing about the request, also with HTTP 400 (conflict 32): a change may have been made in part."""
    TOKEN = "token"  # noqa: S105  # a kind of error


@dataclass(frozen=True)
class Known:
    """A documented error: what it means, and what to do next. ``read_retries``: reading it again may help."""

    kind: Kind
    meaning: str
    next_step: str
    read_retries: bool = False
    quotes: bool = True
    """Whether the server's own text may be shown next to ours."""


_INTERNAL = "The API failed inside"
_LATER = "Try again later; if it stays, give the request id to Huawei Cloud support."

KNOWN: dict[tuple[int, str], Known] = {
    (200, "0000"): Known(Kind.ACCOUNT, "The tenant does not exist", "Check CHATOPS_CLOUD_TENANT_ID and the account."),
    (200, "0001"): Known(
        Kind.REQUEST,
        "The API wants the header x-tenant-id, which its reference documents for no call",
        "Set CHATOPS_CLOUD_TENANT_ID to the id of your tenant.",
    ),
    (200, "0002"): Known(
        Kind.REQUEST, "The API saw no x-request-id", "Report this: the client sends one on every call."
    ),
    (200, "0004"): Known(Kind.ACCOUNT, "The project does not exist", "Check CHATOPS_CLOUD_PROJECT and _PROJECT_ID."),
    (200, "0005"): Known(Kind.REQUEST, "A required header is missing", "Set CHATOPS_CLOUD_TENANT_ID, or report this."),
    (200, "1004"): Known(Kind.ACCOUNT, "The service is not subscribed", "Subscribe to CloudDevice in the console."),
    (200, "1012"): Known(Kind.MISSING, "A phone does not belong to the tenant", "Check the ids with list_instances."),
    (200, "2001"): Known(Kind.MISSING, "The cloud app does not exist", "Check the name of the app."),
    (200, "2002"): Known(Kind.PERMISSION, "The cloud app is not authorised", "Have the app authorised first."),
    (200, "2003"): Known(Kind.CAPACITY, "No phone is idle", "Wait until one is free, or order more."),
    (200, "2004"): Known(Kind.STATE, "A phone is frozen", "Have it unfrozen first: usually a bill is open."),
    (200, "2005"): Known(Kind.STATE, "A phone is still being restored", "Wait for it: get_prepare_progress tells."),
    (200, "2006"): Known(Kind.STATE, "A phone is still being backed up", "Wait for it: list_instances tells."),
    (200, "3002"): Known(Kind.REQUEST, "There is no such sku, or no such region", "Choose from list_skus."),
    (200, "3003"): Known(Kind.REQUEST, "A general phone needs a version of its system", "Choose one from list_skus."),
    (200, "3006"): Known(Kind.REQUEST, "A monthly period is 1 to 9 months", "Ask for 1 to 9 months."),
    (200, "3007"): Known(Kind.REQUEST, "A yearly period is 1 to 3 years", "Ask for 1 to 3 years."),
    (200, "3008"): Known(Kind.REQUEST, "fast_install must be 0 or 1", "Report this: the client sends nothing else."),
    (200, "3009"): Known(Kind.STATE, "The phone could not be looked up", _LATER, quotes=False),
    (200, "4001"): Known(Kind.MISSING, "A phone does not exist", "Check the ids with list_instances."),
    (200, "40010"): Known(Kind.CAPACITY, "Not enough phones are in stock", "Order fewer, or another sku or region."),
    (200, "62006"): Known(Kind.REQUEST, "The size of the app must be a number", "Give the size in MB."),
    (200, "62010"): Known(Kind.STATE, "A phone is abnormal", "Look at it with query_status; a reboot may help."),
    (200, "62015"): Known(
        Kind.REQUEST, "The app package is larger than 2 GB", "Install a package of 2,048 MB at most."
    ),
    (200, "62016"): Known(
        Kind.CAPACITY,
        "All app packages of the tenant together exceed 1 TB",
        "Have old packages removed in the console; the API cannot.",
    ),
    (200, "62017"): Known(
        Kind.REQUEST, "The package could not be downloaded", "Check that the link works and is fresh."
    ),
    (200, "62019"): Known(Kind.PHONE, "The app could not be installed", "Check that package and phone fit together."),
    (200, "62020"): Known(Kind.PHONE, "The version conflicts with what is installed", "Install a higher version."),
    (200, "62021"): Known(
        Kind.PHONE, "A phone has not enough space", "Free space on it: run_command with df shows it."
    ),
    (200, "9001"): Known(Kind.SERVER, _INTERNAL, _LATER, read_retries=True, quotes=False),
    (400, "0003"): Known(Kind.REQUEST, "The API finds the x-request-id invalid", "Report this with the request id."),
    (400, "1000"): Known(Kind.REQUEST, "A parameter has a wrong type or range", "Check the arguments."),
    (400, "1002"): Known(Kind.REQUEST, "The phones are not all in one region", "Ask for one region at a time."),
    (400, "1005"): Known(Kind.REQUEST, "A combination of network and encoding is missing", "Report this."),
    (400, "3001"): Known(Kind.REQUEST, "The sku and the bandwidth sku do not match", "Choose a pair from list_skus."),
    (400, "4999"): Known(Kind.SERVER, "Something behind the API failed", _LATER, read_retries=True),
    (400, "5001"): Known(
        Kind.STATE,
        "A pay-per-use phone cannot be deleted through the API",
        "Release pay-per-use phones in the console; only yearly and monthly ones can be unsubscribed here.",
    ),
    (400, "6000"): Known(Kind.REQUEST, "A parameter is invalid", "Check the arguments."),
    (401, "1001"): Known(Kind.PERMISSION, "The tenant has no right to a phone", "Check the ids with list_instances."),
    (401, "1003"): Known(Kind.ACCOUNT, "The tenant may not use this API", "Ask Huawei Cloud to whitelist the tenant."),
    (401, "6001"): Known(Kind.TOKEN, "The API did not accept the credentials", "Check the credentials.", quotes=False),
    (403, "6002"): Known(Kind.PERMISSION, "The account lacks the permission", "Grant it in IAM, or check the licence."),
    (500, "6002"): Known(Kind.TOKEN, "The API could not read the credentials", "Check the credentials.", quotes=False),
    (500, "9000"): Known(Kind.SERVER, "The API could not decrypt something", _LATER, quotes=False),
    (500, "9002"): Known(Kind.SERVER, "The API is busy inside", _LATER, read_retries=True, quotes=False),
    (500, "9003"): Known(Kind.SERVER, "Something behind the API failed", _LATER, read_retries=True),
    (500, "9999"): Known(Kind.SERVER, "The API does not say what failed", _LATER),
}

ON_BACKUP = "Only a phone whose data is back on its hardware can be backed up"
ON_BACKUP_NEXT = "Call prepare_instances, wait until get_prepare_progress says normal, then back it up."
NOT_RESTORED = frozenset({"2005", "6000", "62010"})
"""What a backup may be answered for a phone that is not restored: section 4.3.3 wants it to be, and names no code."""

STATUSES: dict[int, str] = {
    400: "The API could not make sense of the request",
    401: "The API did not accept the credentials",
    403: "The API does not allow this",
    404: "The API knows no such address or thing",
    405: "The API does not allow this method here",
    406: "The API cannot answer in the form that was asked for",
    408: "The API waited too long for the request",
    409: "The request conflicts with the state of what it concerns",
    411: "The request came without a length",
    413: "The request is larger than the API takes",
    414: "The address is longer than the API takes",
    416: "The API cannot answer that part",
    429: "The API has had too many requests",
    500: "The API failed inside",
    501: "The API cannot do this",
    502: "The gateway could not reach the API",
    503: "The API cannot serve now",
    504: "The gateway waited too long for the API",
}
"""Section 5.1, and the ones the gateway adds."""

GATEWAY: dict[str, str] = {
    "0101": "The gateway knows no such call",
    "0103": "The gateway knows no such call",
    "0104": "The gateway could not make sense of the request",
    "0105": "The gateway could not make sense of the request",
    "0106": "The gateway could not make sense of the request",
    "0201": "The gateway could not pass the request on",
    "0301": "The gateway did not accept the credentials",
    "0302": "The gateway does not allow this for these credentials",
    "0303": "The gateway did not accept the credentials, or the date of the signature",
    "0304": "The gateway does not allow this for this app",
    "0305": "The gateway does not allow this for this address",
    "0306": "The gateway does not allow this for this account",
    "0307": "The gateway wants new credentials, or this is the endpoint of another region",
    "0308": "The API has had too many requests",
}
