"""The service itself: from a request that reached it to its answer."""

import re
from collections.abc import Mapping
from dataclasses import replace

from chatops.simulator.authentication import admit, authenticate
from chatops.simulator.call import MISSING, Answer, Call, Envelope
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.exchange import JSON_TYPE, Incoming, Reply, json_bytes, refusal_body, refusal_reply
from chatops.simulator.operations import Operation, RequestId
from chatops.simulator.reader import Query, Reader, parse_object, wrong
from chatops.simulator.state import Simulator

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # the format is not documented (conflict 7), but invalid ones exist


def answer(simulator: Simulator, operation: Operation, incoming: Incoming, gateway_id: str) -> Reply:
    """Authenticate, check and carry out a call."""
    query = body = None
    try:
        account = authenticate(incoming, simulator.tokens, simulator.keys)
        admit(account, incoming.headers)
        query = Query(incoming.query)
        _check_headers(operation, incoming, query, printed=simulator.printed)
        body = _read_body(operation, incoming, printed=simulator.printed)
        call = Call(
            tenant=simulator.tenants[account.tenant_id],
            is_foreign=lambda phone_id: simulator.is_foreign(account.tenant_id, phone_id),
            clock=simulator.clock,
            random_source=simulator.random_source,
            printed=simulator.printed,
            path_values=incoming.path_values,
            drift=incoming.drift,
            query=query,
            body=body,
        )
        reply = _success_reply(operation.handler(call), gateway_id)
    except RefusedError as refusal:
        reply = _refusal(operation, refusal, gateway_id, printed=simulator.printed)
    return _with_unknown(reply, query, body)


def _check_headers(operation: Operation, incoming: Incoming, query: Query, *, printed: bool) -> None:
    headers = incoming.headers
    in_query = query.text("x-request-id")  # asked for by any call's table or not, it is no unknown parameter
    in_header = headers.get("x-request-id")
    if operation.request_id is RequestId.HEADER and in_header is None:
        raise RefusedError(ApiError.REQUEST_ID_MISSING)
    if operation.request_id is RequestId.QUERY and in_query is None and not printed:
        raise RefusedError(ApiError.REQUEST_ID_MISSING, "as a query parameter")
    for request_id in (in_header, in_query):
        if request_id is not None and not _REQUEST_ID.fullmatch(request_id):
            raise RefusedError(ApiError.REQUEST_ID_INVALID)
    if operation.needs_content_type and "content-type" not in headers:
        raise RefusedError(ApiError.HEADER_MISSING, "Content-Type")
    content_type = headers.get("content-type", JSON_TYPE)
    if operation.has_body and content_type.partition(";")[0].strip().lower() != JSON_TYPE:
        raise wrong("Content-Type must be application/json")


def _read_body(operation: Operation, incoming: Incoming, *, printed: bool) -> Reader:
    value = parse_object(incoming.body) if operation.has_body else {}
    return Reader(value, numbers_as_text=printed)


def _success_reply(found: Answer, gateway_id: str) -> Reply:
    headers = {"X-Request-Id": gateway_id}
    if found.envelope is Envelope.EMPTY:
        return Reply(status=200, body=b"", verdict="0", content_type=None, headers=headers)
    data: Mapping[str, object] = {} if found.data is MISSING else {"data": found.data}
    code = {"error_code": "0", "error_msg": found.message}
    if found.envelope is Envelope.INSIDE and isinstance(found.data, dict):
        body: Mapping[str, object] = {"data": {**found.data, **code}}
    else:
        body = {**data, **found.beside, **code}
    return Reply(status=200, body=json_bytes(body), verdict="0", headers=headers)


def _refusal(operation: Operation, refusal: RefusedError, gateway_id: str, *, printed: bool) -> Reply:
    """An error; by the tables, that of a listing answered with 200 stands inside data (table 4-69)."""
    reply = refusal_reply(refusal, gateway_id)
    if operation.name == "batch-query" and reply.status == 200 and not printed:
        return reply.with_body(json_bytes({"data": refusal_body(refusal, gateway_id)}))
    return reply


def _with_unknown(reply: Reply, query: Query | None, body: Reader | None) -> Reply:
    if query is None or reply.verdict != "0":
        return reply  # a refused request was not read to its end
    unknown = (*query.unknown(), *(body.unknown() if body is not None else ()))
    return replace(reply, unknown=unknown)
