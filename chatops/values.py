"""What is typed, as the JSON value that an action takes."""

import json
import re
from collections.abc import Sequence

from pydantic import JsonValue

_MOST_DIGITS = 100
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,6})([smhd])")
_BETWEEN = re.compile(r"[,\s]+")


def words(texts: Sequence[str]) -> list[JsonValue]:
    """Ids that were given one by one, or several in one text with commas or spaces between them.

    Raises:
        ValueError: there is none.

    """
    found: list[JsonValue] = [word for text in texts for word in _BETWEEN.split(text) if word]
    if not found:
        raise ValueError("name at least one")
    return found


def seconds(text: str) -> float:
    """A time such as 30m, in seconds.

    Raises:
        ValueError: it is none.

    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError("write a duration as 30s, 30m, 2h or 1d")
    return float(int(found[1]) * _UNITS[found[2]])


def record(text: str, parts: Sequence[str]) -> JsonValue:
    """A record in its short form, ``6000/30``, or as a JSON object.

    Raises:
        ValueError: it is neither; the message says which form is expected.

    """
    if text.lstrip().startswith("{"):
        return read_json(text)
    values = [part.strip() for part in text.split("/")]
    if len(values) != len(parts) or not all(values):
        raise ValueError(f"write it as {'/'.join(parts).upper()}, or as a JSON object with {', '.join(parts)}")
    return {part: _scalar(value) for part, value in zip(parts, values, strict=True)}


def records(texts: Sequence[str]) -> list[JsonValue]:
    """Records as JSON objects, one by one or as a JSON list.

    Raises:
        ValueError: one is no JSON.

    """
    found: list[JsonValue] = []
    for text in texts:
        value = read_json(text)
        found.extend(value if isinstance(value, list) else [value])
    return found


def read_json(text: str) -> JsonValue:
    """The JSON value; a key that stands twice is an error, as nobody can say which one was meant.

    Raises:
        ValueError: it is no JSON; the message says where.

    """
    try:
        value: JsonValue = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise ValueError(f"this is no JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError("this JSON is nested too deeply") from None
    return value


def _scalar(text: str) -> JsonValue:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(2**63)) else text


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one JSON object")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)


def _refuse(constant: str) -> JsonValue:
    raise ValueError(f"{constant} is no JSON number")
