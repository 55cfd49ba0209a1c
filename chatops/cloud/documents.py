"""JSON from outside, read within bounds."""

import json
import math
import zlib
from typing import NoReturn, cast

from pydantic import JsonValue

MOST_BYTES = 16 * 1024 * 1024
"""The largest answer that is read, compressed or not."""

MOST_DEPTH = 32


class Unreadable(Exception):
    """The document cannot be read; the message is a phrase that says why."""


def read_document(body: bytes) -> JsonValue:
    """The JSON value in these bytes.

    Raises:
        Unreadable: it is not UTF-8, not JSON, nested too deeply, or holds numbers that JSON does not have.

    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("is not valid UTF-8") from error
    try:
        value: JsonValue = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error
    except ValueError as error:
        raise Unreadable("is a web page, not JSON" if _is_markup(text) else "is not valid JSON") from error
    if _is_deeper(value, MOST_DEPTH):
        raise Unreadable("is nested too deeply")
    return value


def inflate(body: bytes, encoding: str) -> bytes:
    """The body without its content encoding, of which only gzip and deflate are known.

    Raises:
        Unreadable: the encoding is another one, broken, or hides more than :data:`MOST_BYTES`.

    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return body
    if name not in {"gzip", "x-gzip", "deflate"}:
        raise Unreadable("has an encoding that was not asked for")
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # reads the headers of gzip and of zlib
    try:
        inflated = stream.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise Unreadable("is compressed and damaged") from error
    if len(inflated) > MOST_BYTES:
        raise Unreadable(f"is larger than {MOST_BYTES} bytes")
    if not stream.eof:
        raise Unreadable("is compressed and cut short")
    return inflated


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _is_deeper(value: JsonValue, most: int) -> bool:
    """Level by level, so that depth costs no stack."""
    level: list[JsonValue] = [value]
    for _ in range(most):
        containers = [each for each in level if isinstance(each, (dict, list))]
        if not containers:
            return False
        level = [inner for each in containers for inner in (each.values() if isinstance(each, dict) else each)]
    return any(isinstance(each, (dict, list)) for each in level)


def _is_markup(text: str) -> bool:
    return text.lstrip()[:1] == "<"


def as_mapping(value: JsonValue) -> dict[str, JsonValue]:
    """The value, if it is an object, else an empty one."""
    return value if isinstance(value, dict) else cast("dict[str, JsonValue]", {})
