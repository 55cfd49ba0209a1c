"""What an answer says: a result, or a problem. Everything the reference contradicts itself about is settled here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from chatops.cloud.codes import problem_of
from chatops.cloud.documents import Unreadable, as_mapping
from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.cloud.received import Received
from chatops.errors import UpstreamContractBroken

NO_CODE = "The API sent no error_code; the answer was taken as a success."
NO_ANSWER = "The API sent no answer body; the HTTP status was taken as a success."

_PAGING = ("page_no", "page_size", "total_count")
_CODE_KEYS = ("error_code", "errorCode")
_ERROR_CODE_KEYS = ("error_code", "errorCode", "code")
_TEXT_KEYS = ("error_msg", "errorMsg", "message")
_OURS = frozenset({"data", "request_id", *_CODE_KEYS, "error_msg", "errorMsg", *_PAGING})
_NO_CODE_AT_ALL = "\0"
_NO_CONTENT = 204
_CLIENT_SIDE = 400
_SERVER_SIDE = 500
_TOO_MANY = 429
_GATEWAY_ID = re.compile(r"[0-9A-Fa-f-]{1,64}")
"""Digits only: it stands in our own sentence, in which no word may be the server's."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a successful answer held. ``payload`` is None where there was nothing beside the verdict."""

    payload: JsonValue
    warnings: tuple[str, ...] = ()


def open_answer(
    received: Received, *, payload: tuple[str, ...] = (), empty_answer: bool = False, path: str = "", now: float = 0.0
) -> Opened:
    """The result in the answer.

    A success is a 2xx whose error_code is "0" (conflict 2). An empty body is one where the reference prints none
    (conflict 13) and with 204. ``now`` is for a Retry-After that names a date.

    Raises:
        AttemptFailed: the answer is an error, or cannot be read.

    """
    if not received.is_success:
        raise AttemptFailed(_error(received, path, now))
    if received.is_empty:
        if empty_answer or received.status == _NO_CONTENT:
            return Opened(payload=None, warnings=(NO_ANSWER,))
        raise AttemptFailed(unreadable(received, "is empty"))
    document = _object(received, now)
    code, text = _verdict(document)
    if code == _NO_CODE_AT_ALL:
        raise AttemptFailed(unreadable(received, "has an error_code that is neither a text nor a whole number"))
    if code not in {"", "0"}:
        raise AttemptFailed(_with_gateway_id(problem_of(received.status, code, text, path=path), document))
    # Where the reference prints no answer, an object without a code may be one; one with other words may be a no.
    says_nothing = empty_answer and not set(document) - _OURS
    if not code and document.get("data") is None and not says_nothing:
        raise AttemptFailed(unreadable(received, "says neither whether it is a success nor anything else"))
    return Opened(payload=_payload(document, payload), warnings=() if code else (NO_CODE,))


def _error(received: Received, path: str, now: float) -> Problem:
    """What an answer that is not a 2xx says; where it says nothing, its status does."""
    if received.status < _CLIENT_SIDE:
        return unreadable(received, "is neither a success nor an error")
    asked = received.retry_after(now)
    if received.is_empty:
        return problem_of(received.status, None, path=path, retry_after=asked)
    document = _object(received, now)
    code, text = _complaint(document)
    told = None if code == _NO_CODE_AT_ALL else code
    return _with_gateway_id(problem_of(received.status, told, text, path=path, retry_after=asked), document)


def unreadable(received: Received, why: str) -> Problem:
    """The answer breaks the contract. A 4xx is a definite no, whatever its body says; anything else is not."""
    refused = _CLIENT_SIDE <= received.status < _SERVER_SIDE
    return Problem(
        error=UpstreamContractBroken,
        message=f"The answer (HTTP status {received.status}) {why}.",
        fate=Fate.REFUSED if refused else Fate.UNCERTAIN,
        next_step="Check the endpoint; if it is right, give the request id to Huawei Cloud support.",
    )


def _object(received: Received, now: float) -> dict[str, JsonValue]:
    try:
        document = received.document()
    except Unreadable as error:
        if received.status == _TOO_MANY or received.status >= _SERVER_SIDE:
            # A gateway's own page: the status says all there is to know.
            problem = problem_of(received.status, None, retry_after=received.retry_after(now))
            raise AttemptFailed(problem) from error
        raise AttemptFailed(unreadable(received, str(error))) from error
    if not isinstance(document, dict):
        raise AttemptFailed(unreadable(received, "is not a JSON object"))
    return document


def _verdict(document: dict[str, JsonValue]) -> tuple[str, str | None]:
    """Code and text of a 2xx. They may stand inside ``data`` (conflict 3); if either place says no, it is a no."""
    places = [document, as_mapping(document.get("data"))]
    codes = [_scalar(place[key]) for place in places for key in _CODE_KEYS if key in place]
    told = [code for code in codes if code]
    refusal = next((code for code in told if code != "0"), None)
    if refusal is None and not told and isinstance(document.get("error"), dict):
        return _complaint(document)
    text = next((_text(place) for place in places if _text(place)), None)
    return refusal or (told[0] if told else ""), text


def _complaint(document: dict[str, JsonValue]) -> tuple[str, str | None]:
    """Code and text of an error, in any of the shapes a gateway or IAM uses, nested one level at most."""
    inner = [value for value in document.values() if isinstance(value, dict)]
    for place in [document, *inner]:
        code = next((_scalar(place[key]) for key in _ERROR_CODE_KEYS if key in place), "")
        if code and code != "0":
            return code, _text(place)
    return "", next((_text(place) for place in [document, *inner] if _text(place)), None)


def _scalar(value: JsonValue) -> str:
    """A code as text. The whole number 0 is a success as well (conflict 2); true, lists and objects are no code."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _NO_CODE_AT_ALL


def _text(place: Mapping[str, JsonValue]) -> str | None:
    """The server's words. They never decide anything (conflict 37)."""
    return next((value for key in _TEXT_KEYS if isinstance(value := place.get(key), str) and value), None)


def _payload(document: dict[str, JsonValue], path: tuple[str, ...]) -> JsonValue:
    """``data`` and what lies below it; a shorter path is taken as well (conflict 21).

    A text or null in its place is nothing: the reference prints both for a deletion (conflict 57).
    Paging fields stand at the top or inside ``data`` (conflict 3); the top is believed first.
    """
    value = document.get("data")
    for step in path:
        inner = as_mapping(value).get(step)
        value = inner if isinstance(inner, dict) else value
    paging = {name: document[name] for name in _PAGING if document.get(name) is not None}
    if isinstance(value, list):
        return value
    return {**as_mapping(value), **paging} if isinstance(value, dict) or paging else None


def _with_gateway_id(problem: Problem, document: dict[str, JsonValue]) -> Problem:
    """Names the gateway's own request id, which is not ours: its support asks for it."""
    named = document.get("request_id")
    if not isinstance(named, str) or not _GATEWAY_ID.fullmatch(named):
        return problem
    return problem.noting(f"Gateway request {named}.")
