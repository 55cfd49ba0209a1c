"""From a status and an error code to what it means for the caller."""

import re
from dataclasses import replace

from chatops.cloud.catalogue import (
    GATEWAY,
    KNOWN,
    NOT_RESTORED,
    ON_BACKUP,
    ON_BACKUP_NEXT,
    STATUSES,
    Kind,
    Known,
)
from chatops.cloud.problems import Fate, Problem
from chatops.errors import AuthenticationFailed, UpstreamRejected, UpstreamThrottled, UpstreamUnavailable
from tools import safe_text

_OWN_FAMILY = re.compile(r"(?:koophone|kp)\.api\.([0-9]{1,8})")
_GATEWAY_FAMILY = re.compile(r"apigw?\.([0-9]{4})")
_LINK_SECRET = re.compile(r"(https?://[^\s?#]+)[?#]\S*", re.IGNORECASE)
_STRANGE = re.compile(r"[^A-Za-z0-9._-]")
_TEXT_LIMIT = 200
_TOO_MANY = 429
_SERVER_SIDE = 500
_UNAVAILABLE = frozenset({502, 503, 504})
_STALE = frozenset({"0301", "0307"})
_WRONG_CREDENTIALS = frozenset({"0301", "0303", "0307"})
_THROTTLED = "0308"
_CREDENTIALS_NEXT = (
    "Check the credentials, the project and this machine's clock before trying again. Five bad signatures in a row "
    "lock a key: if they are right, wait five minutes."
)


def problem_of(
    status: int, code: str | None, text: str | None = None, *, path: str = "", retry_after: float | None = None
) -> Problem:
    """What an answer that is not a success means.

    Codes are compared whole and without regard to case, never by prefix (conflict 34). A family that is not known is
    judged by the HTTP status (conflict 30), and so is a 401: by itself it says nothing about a token (conflict 33).
    An error is not expected from certain calls only: the reference does not tie all of them to one (conflict 80).
    """
    shown = _STRANGE.sub("", code)[:64] or None if code else None
    folded = (code or "").strip().casefold()
    if status == _TOO_MANY or _number(_GATEWAY_FAMILY, folded) == _THROTTLED:
        return _throttled(shown, retry_after)
    own, gateway = _number(_OWN_FAMILY, folded), _number(_GATEWAY_FAMILY, folded)
    known = _known(status, own) if own is not None else None
    if known is not None and own is not None:
        said = _words(text) if known.quotes else None
        return replace(_of_service(known, own, status, shown, path, retry_after), upstream_message=said)
    return _of_status(status, gateway, shown, text, retry_after)


def _number(family: re.Pattern[str], code: str) -> str | None:
    found = family.fullmatch(code)
    return found.group(1) if found else None


def _known(status: int, number: str) -> Known | None:
    """The row of this status; a number that stands in one row only is known under another status as well."""
    exact = KNOWN.get((status, number))
    rows = [known for (_, each), known in KNOWN.items() if each == number]
    return exact or (rows[0] if len(rows) == 1 else None)


def _of_service(
    known: Known, number: str, status: int, shown: str | None, path: str, retry_after: float | None
) -> Problem:
    if known.kind is Kind.TOKEN:
        return _not_authenticated(known.meaning, shown, stale=True)
    if path.endswith("/backup") and number in NOT_RESTORED:
        known = Known(known.kind, f"{known.meaning}. {ON_BACKUP}", ON_BACKUP_NEXT)
    server = known.kind is Kind.SERVER
    return Problem(
        error=UpstreamUnavailable if server else UpstreamRejected,
        message=_sentence(known.meaning, shown),
        fate=Fate.UNCERTAIN if server or status >= _SERVER_SIDE else Fate.REFUSED,
        next_step=known.next_step,
        transient=known.read_retries or status in _UNAVAILABLE,
        retry_after=retry_after,
        upstream_code=shown,
    )


def _of_status(
    status: int, gateway: str | None, shown: str | None, text: str | None, retry_after: float | None
) -> Problem:
    meaning = GATEWAY.get(gateway or "") or STATUSES.get(status) or f"The API answered with HTTP status {status}"
    if status in {401, 403} and (gateway in _WRONG_CREDENTIALS or (status == 401 and gateway is None)):  # noqa: PLR2004  # HTTP
        return _not_authenticated(meaning, shown, stale=status == 401 and gateway in _STALE)  # noqa: PLR2004  # HTTP
    server = status >= _SERVER_SIDE
    return Problem(
        error=UpstreamUnavailable if server else UpstreamRejected,
        message=_sentence(meaning, shown),
        fate=Fate.UNCERTAIN if server else Fate.REFUSED,
        next_step="Try again later." if server else "Check the arguments.",
        transient=status in _UNAVAILABLE,
        retry_after=retry_after,
        upstream_code=shown,
        upstream_message=_words(text),
    )


def _not_authenticated(meaning: str, shown: str | None, *, stale: bool) -> Problem:
    """The server's text stays out: the gateway's repeats signed headers, security token included."""
    return Problem(
        error=AuthenticationFailed,
        message=_sentence(meaning, shown),
        fate=Fate.UNPROCESSED,
        next_step=_CREDENTIALS_NEXT,
        stale=stale,
        refused_credentials=True,
        upstream_code=shown,
    )


def _throttled(shown: str | None, retry_after: float | None) -> Problem:
    return Problem(
        error=UpstreamThrottled,
        message=_sentence(STATUSES[_TOO_MANY], shown),
        fate=Fate.UNPROCESSED,
        next_step="Try again later, or ask for less at once.",
        transient=True,
        retry_after=retry_after,
        upstream_code=shown,
    )


def _sentence(meaning: str, shown: str | None) -> str:
    """What it means, with the code. Nothing of the server's text is in it: models take our sentences for ours."""
    return f"{meaning} ({shown})." if shown else f"{meaning}."


def _words(text: str | None) -> str | None:
    """The server's own words as what they are: untrusted text, cleaned, without the secrets of links."""
    if not text:
        return None
    shown = _LINK_SECRET.sub(r"\1?[secret]", text[: _TEXT_LIMIT * 8])
    return safe_text(shown, limit=_TEXT_LIMIT, lines=False).strip() or None
