"""An answer cut to what a model can take, with a sentence for whatever was left out."""

import json
from dataclasses import dataclass, replace
from typing import Any

from pydantic import JsonValue

from chatops.outcome import Outcome
from chatops.rendering import render
from chatops.surfaces.mcp.text import CELL_LIMIT, LINE_LIMIT, NOTES_LIMIT, write
from tools import Result, safe_text

CHARACTER_LIMIT = 40_000
"""Of text and structured content together, both as compact JSON: about 10,000 tokens."""

LIST_LIMIT = 7_900
"""The same where somebody lists and has not said how much: below 2,000 tokens, whatever phones are called."""

_PAGING = frozenset({"limit", "detail"})
_SHORTER_CELLS = (1024, 512, 256, 128)
_OFFSET, _CURSOR = "next_offset", "next_cursor"
_NOTES_ROOM = 3  # a note on cells, one on rows, one on everything


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """An outcome that fits. Its warnings say what was left out of it and how to get that."""

    outcome: Outcome
    cell_limit: int

    @property
    def text(self) -> str:
        """The text of the answer."""
        return write(render(self.outcome), cell_limit=self.cell_limit)

    @property
    def structured(self) -> dict[str, JsonValue]:
        """The structured content of the answer."""
        payload = self.outcome.payload()
        if "data" in payload:
            payload["data"] = _shortened(payload["data"], self.cell_limit)
        return payload

    @property
    def characters(self) -> int:
        """What a model is told, text and structured content together."""
        return len(json.dumps([self.text, self.structured], ensure_ascii=False, separators=(",", ":")))

    @property
    def fits(self) -> bool:
        """Whether a model can take it."""
        return self.characters <= (LIST_LIMIT if _is_default_page(self.outcome) else CHARACTER_LIMIT)


def fit(outcome: Outcome) -> Fitted:
    """The outcome within its limit: long cells are shortened first, then rows are left out at the end."""
    fitted = Fitted(outcome=_with_short_lines(outcome), cell_limit=CELL_LIMIT)
    longest = _longest_text(fitted.structured.get("data"))
    for limit in _SHORTER_CELLS:
        if fitted.fits:
            return fitted
        if limit >= longest:
            continue
        note = f"Texts longer than {limit} characters are cut in this answer (…). {_advice(outcome)}"
        fitted = Fitted(outcome=_noting(_with_short_lines(outcome), note), cell_limit=limit)
    for name in _longest_first(outcome.result):
        if fitted.fits:
            return fitted
        fitted = _with_fewer(fitted, name)
    if fitted.fits:
        return fitted
    note = f"The answer is too large and was left out. {_advice(outcome)}"
    return replace(fitted, outcome=replace(_noting(fitted.outcome, note), result=None))


def _with_fewer(fitted: Fitted, name: str) -> Fitted:
    """As many of the first rows of this field as fit, or none of them."""
    rows = len(getattr(fitted.outcome.result, name))
    fewest, most = 0, rows - 1
    best = _first(fitted, name, 0, rows)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        candidate = _first(fitted, name, middle, rows)
        if candidate.fits:
            fewest, best = middle, candidate
        else:
            most = middle - 1
    return best


def _first(fitted: Fitted, name: str, count: int, rows: int) -> Fitted:
    outcome = fitted.outcome
    result = outcome.result
    assert result is not None  # noqa: S101  # only a result has rows
    changes: dict[str, object] = {name: getattr(result, name)[:count]}
    advice, message = _advice(outcome), outcome.message
    going_on = _going_on(outcome, changes[name])
    if going_on is not None and outcome.action is not None:
        field, argument, place = going_on
        changes[field] = place
        advice = f"Go on with {argument}={place}, or ask for fewer with limit."
        # A page counts what it shows; other messages count what the API answered, and stay.
        message = outcome.action.view.say(outcome.params, result.model_copy(update=changes))
    note = f"Only the first {count} of {rows} {name} are in this answer. {advice}"
    return replace(
        fitted, outcome=replace(_noting(outcome, note), message=message, result=result.model_copy(update=changes))
    )


def _going_on(outcome: Outcome, shown: Any) -> tuple[str, str, int | str | None] | None:  # noqa: ANN401  # rows of any result
    """Where the page goes on behind these rows: the field that says so, the argument for it, and its value."""
    fields = type(outcome.result).model_fields if outcome.result is not None else {}
    offset = getattr(outcome.params, "offset", None)
    if isinstance(offset, int) and _OFFSET in fields:
        return _OFFSET, "offset", offset + len(shown)
    if _CURSOR in fields:
        return _CURSOR, "cursor", shown[-1].operation_id if shown else getattr(outcome.params, "cursor", None)
    return None


def _is_default_page(outcome: Outcome) -> bool:
    """Whether this is a page of a list, of whose length its caller has said nothing."""
    action, params = outcome.action, outcome.params
    if action is None or params is None or action.change is not None:
        return False
    names = type(params).model_fields
    if "limit" in names:
        return not _PAGING & params.model_fields_set
    # What has no pages is made shorter by naming a region, and then shown as far as it fits.
    return "region" in names and "region" not in params.model_fields_set


def _advice(outcome: Outcome) -> str:
    """How to get the rest. Never by doing something again that changes something."""
    action, params = outcome.action, outcome.params
    if action is None or params is None:
        return "A person sees all of it at a terminal."
    if action.change is not None:
        return _advice_after_change(outcome)
    names = type(params).model_fields
    if "limit" in names:
        return f"Ask for fewer with limit, and for the rest with {'offset' if 'offset' in names else 'cursor'}."
    if "instance_ids" in names:
        return "Name fewer phones in one call."
    if "region" in names and getattr(params, "region", None) is None:
        return "Ask for one region."
    named = f" {getattr(params, 'task_id', '')}".rstrip()
    return f"A person sees all of it at a terminal: chatops run {action.word}{named}."


def _advice_after_change(outcome: Outcome) -> str:
    task = getattr(outcome.result, "task_id", None)
    if task is not None:
        return f"It has been started; do not start it again. Follow it with get_task, task_id={task}."
    return "It has been done; calling again would do it again. Name fewer phones the next time."


def _longest_first(result: Result | None) -> list[str]:
    if result is None:
        return []
    data = result.model_dump(mode="json", exclude_none=True)
    rows = {name: len(json.dumps(value)) for name, value in data.items() if isinstance(value, list) and value}
    return sorted(rows, key=lambda name: -rows[name])


def _with_short_lines(outcome: Outcome) -> Outcome:
    """Messages and warnings quote arguments and names here and there: they are cleaned and bounded as well."""
    warnings = [_line(each) for each in outcome.warnings[: NOTES_LIMIT - _NOTES_ROOM]]
    left_out = len(outcome.warnings) - len(warnings)
    if left_out:
        warnings.append(f"{left_out} more warnings are left out.")
    return replace(outcome, message=_line(outcome.message), warnings=tuple(warnings))


def _noting(outcome: Outcome, note: str) -> Outcome:
    return replace(outcome, warnings=(*outcome.warnings, note))


def _line(text: str) -> str:
    return safe_text(text, limit=LINE_LIMIT, lines=False)


def _longest_text(value: JsonValue) -> int:
    if isinstance(value, str):
        return len(value)
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max((_longest_text(each) for each in children), default=0)


def _shortened(value: JsonValue, limit: int) -> JsonValue:
    if isinstance(value, str):
        return value if len(value) <= limit else value[: limit - 1] + "…"
    if isinstance(value, list):
        return [_shortened(each, limit) for each in value]
    if isinstance(value, dict):
        return {key: _shortened(each, limit) for key, each in value.items()}
    return value
