"""Small checks of JSON values, of which the shapes of blocks and elements are put together."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Findings = Iterator[str]
Check = Callable[[Any, str], Findings]


def string(most: int, least: int = 1) -> Check:
    """Text of a length."""

    def check(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
        if not isinstance(value, str):
            yield f"{where}: must be text, is {type(value).__name__}"
        elif not least <= len(value) <= most:
            yield f"{where}: {len(value)} characters, allowed are {least} to {most}"

    return check


def matching(pattern: str) -> Check:
    """Text of a form."""

    def check(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield f"{where}: {value!r} is not of the form {pattern}"

    return check


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
        if value not in allowed:
            yield f"{where}: {value!r} is none of {', '.join(allowed)}"

    return check


def boolean(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
    """True or false."""
    if not isinstance(value, bool):
        yield f"{where}: must be true or false"


def whole(least: int, most: int) -> Check:
    """A whole number."""

    def check(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"{where}: {value!r} is not a whole number from {least} to {most}"

    return check


def listed(item: Check, most: int, least: int = 1) -> Check:
    """A list of so many, each of a shape."""

    def check(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
        if not isinstance(value, list):
            yield f"{where}: must be a list"
            return
        if not least <= len(value) <= most:
            yield f"{where}: {len(value)} entries, allowed are {least} to {most}"
        for number, entry in enumerate(value):
            yield from item(entry, f"{where}[{number}]")

    return check


def shaped(required: Mapping[str, Check], optional: Mapping[str, Check], *more: Check) -> Check:
    """An object with exactly these fields; ``more`` looks at all of it."""

    def check(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
        if not isinstance(value, dict):
            yield f"{where}: must be an object"
            return
        findings = [f"{where}: {name} is missing" for name in required if name not in value]
        for name, entry in value.items():
            known = required.get(name) or optional.get(name)
            findings += (
                known(entry, f"{where}.{name}") if known else [f"{where}: {name} is not a field Slack knows here"]
            )
        # What looks at all of it relies on each field being what it should be.
        yield from findings or (finding for look in more for finding in look(value, where))

    return check


def tagged(shapes: Mapping[str, Check]) -> Check:
    """An object whose ``type`` says which shape it has."""

    def check(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
        kind = value.get("type") if isinstance(value, dict) else None
        shape = shapes.get(kind) if isinstance(kind, str) else None
        if shape is None:
            yield f"{where}: {kind!r} is none of {', '.join(sorted(shapes))}"
        else:
            yield from shape(value, f"{where}({kind})")

    return check


def exactly_one(*names: str) -> Check:
    """One field of several, and only one."""

    def check(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
        given = [name for name in names if value.get(name) is not None]
        if len(given) != 1:
            yield f"{where}: needs one of {' or '.join(names)}, has {' and '.join(given) or 'none'}"

    return check


def at_least_one(*names: str) -> Check:
    """One field of several, or more."""

    def check(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
        if not any(value.get(name) is not None for name in names):
            yield f"{where}: needs {' or '.join(names)}"

    return check


def anything(_value: Any, _where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
    """Whatever it is."""
    return iter(())
