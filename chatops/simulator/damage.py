"""What faults do to answers: those given in place of the service, and those that spoil its own."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from chatops.simulator.errors import ApiError, GatewayError, find_error
from chatops.simulator.exchange import JSON_TYPE, Reply, json_bytes
from chatops.simulator.faults import Fault

_HTML = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)
_ABSURD_TOTAL = 10**15
_ID_LISTS = ("result", "status_results", "cmd_results", "cmd_jobs", "jobs", "status_list", "instanceInfos")


def reply_instead(fault: Fault, gateway_id: str) -> Reply:
    """The answer of a fault of kind throttled, error, html or raw."""
    verdict = f"fault:{fault.kind}"
    headers = {"X-Request-Id": gateway_id}
    if fault.retry_after:
        headers["Retry-After"] = fault.retry_after
    if fault.kind == "html":
        return Reply(status=fault.status or 502, body=_HTML, verdict=verdict, content_type="text/html")
    if fault.kind == "raw":
        body = base64.b64decode(fault.body_base64)
        return Reply(status=fault.status or 200, body=body, verdict=verdict, content_type=fault.content_type or None)
    status, code = fault.status, fault.code
    if fault.kind == "throttled":
        status, code = status or GatewayError.THROTTLED.status, code or GatewayError.THROTTLED.code
    return Reply(
        status=status or 500,
        body=json_bytes(_error_body(status or 500, code or "KOOPHONE.API.9999", fault.message, gateway_id)),
        verdict=verdict,
        headers=headers,
    )


def _error_body(status: int, code: str, message: str, gateway_id: str) -> dict[str, object]:
    row = find_error(status, code)
    body: dict[str, object] = {
        "error_code": code,
        "error_msg": message or (row.message if row is not None else "Simulated error"),
    }
    if not code.startswith("KOOPHONE"):
        body["request_id"] = gateway_id
    return body


def spoil(reply: Reply, fault: Fault) -> Reply:
    """The service's own answer, spoilt; a kind that spoils nothing leaves it alone."""
    change = _SPOILERS.get(fault.kind)
    return reply if change is None else replace(change(reply, fault), verdict=f"fault:{fault.kind}")


def _business(reply: Reply, fault: Fault) -> Reply:
    code = fault.code or ApiError.UNKNOWN.code
    body = _error_body(fault.status or 200, code, fault.message, "")
    return replace(reply, status=fault.status or 200, body=json_bytes(body), content_type=JSON_TYPE)


def _missing_ids(reply: Reply, _fault: Fault) -> Reply:
    def thin(name: str, rows: list[object]) -> list[object]:
        return rows[1::2] if name in _ID_LISTS else rows

    return _change_lists(reply, thin)


def _page_drift(reply: Reply, fault: Fault) -> Reply:
    """Only the total; the other drifts move the rows before they are read."""
    return _change_numbers(reply, {"total_count": _ABSURD_TOTAL}) if fault.drift == "absurd_total" else reply


def _flat_install(reply: Reply, _fault: Fault) -> Reply:
    value = json.loads(reply.body) if reply.body else {}
    inner = value.get("data")
    if isinstance(inner, dict) and isinstance(inner.get("data"), dict):
        value["data"] = inner["data"]
    return reply.with_body(json_bytes(value))


def _change_lists(reply: Reply, change: Callable[[str, list[object]], list[object]]) -> Reply:
    def walk(name: str, value: object) -> object:
        if isinstance(value, dict):
            return {key: walk(key, each) for key, each in value.items()}
        return change(name, value) if isinstance(value, list) else value

    return reply.with_body(json_bytes(walk("", json.loads(reply.body)))) if reply.body else reply


def _change_numbers(reply: Reply, changes: Mapping[str, int]) -> Reply:
    def walk(value: object) -> object:
        if isinstance(value, dict):
            return {key: changes[key] if key in changes else walk(each) for key, each in value.items()}
        return value

    return reply.with_body(json_bytes(walk(json.loads(reply.body)))) if reply.body else reply


def _oversized(reply: Reply, fault: Fault) -> Reply:
    return reply.with_body(b'{"error_code":"0","error_msg":"' + b"x" * max(0, fault.size - 33) + b'"}')


def _deep(reply: Reply, fault: Fault) -> Reply:
    levels = max(1, min(fault.size // 10, 1_000_000))
    return reply.with_body(b'{"error_code":"0","data":' + b"[" * levels + b"]" * levels + b"}")


_SPOILERS: Mapping[str, Callable[[Reply, Fault], Reply]] = {
    "business": _business,
    "malformed": lambda reply, _fault: reply.with_body(b"{'error_code': '0', " + reply.body),
    "truncated": lambda reply, _fault: reply.with_body(reply.body[: len(reply.body) // 2]),
    "wrong_content_type": lambda reply, _fault: replace(reply, content_type="text/plain; charset=iso-8859-1"),
    "oversized": _oversized,
    "deep": _deep,
    "invalid_utf8": lambda reply, _fault: reply.with_body(b'{"error_code":"0","error_msg":"\xff\xfe\xc0\x80"}'),
    "missing_ids": _missing_ids,
    "page_drift": _page_drift,
    "flat_install": _flat_install,
}
