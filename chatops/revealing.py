"""The secrets of an answer, for the person who asked to see them."""

from collections.abc import Iterator

from pydantic import JsonValue

from chatops.outcome import Outcome


def revealed(outcome: Outcome) -> dict[str, str]:
    """Where each secret stands in the answer, and what it is."""
    return dict(_differences(outcome.payload().get("data"), outcome.payload(reveal=True).get("data"), ""))


def _differences(masked: JsonValue, opened: JsonValue, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(masked, dict) and isinstance(opened, dict):
        for name, value in opened.items():
            yield from _differences(masked.get(name), value, f"{place}.{name}" if place else name)
    elif isinstance(masked, list) and isinstance(opened, list):
        for index, (before, after) in enumerate(zip(masked, opened, strict=True)):
            yield from _differences(before, after, f"{place}[{index}]")
    elif masked != opened:
        yield place, str(opened)
