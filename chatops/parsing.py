"""Raw arguments to params: strictly, with an error that says what would be right."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from chatops.errors import InvalidParams
from chatops.mistakes import mistake
from tools import AnyAction, Params, clean_text

_ARGUMENTS_LIMIT = 64 * 1024
_PROBLEMS_SHOWN = 5
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with an argument, or with all of them together: then ``place`` is empty."""

    place: tuple[str | int, ...]
    sentence: str
    is_missing: bool = False


def parse(action: AnyAction, arguments: Mapping[str, JsonValue]) -> Params:
    """The action's params.

    Raises:
        InvalidParams: the arguments are not what the action takes; the message names each problem.

    """
    try:
        return _validated(action, arguments)
    except ValidationError as error:
        raise _explained(action, error.errors(include_url=False, include_input=False)) from None


def problems_of(action: AnyAction, arguments: Mapping[str, JsonValue]) -> tuple[Problem, ...]:
    """All that is wrong with the arguments, one by one, for a door that says it where it was typed."""
    try:
        _validated(action, arguments)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return tuple(
            Problem(place=each["loc"], sentence=mistake(each), is_missing=each["type"] == "missing") for each in found
        )
    except InvalidParams as error:
        return (Problem(place=(), sentence=f"{error.message} {error.next_step}"),)
    return ()


def _validated(action: AnyAction, arguments: Mapping[str, JsonValue]) -> Params:
    try:
        text = json.dumps(dict(arguments), ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidParams(
            "The arguments are not JSON.", next_step="Send one JSON object.", problems=["not_json"]
        ) from error
    if len(text) > _ARGUMENTS_LIMIT:
        raise InvalidParams(
            f"The arguments have {len(text)} characters, at most {_ARGUMENTS_LIMIT} are taken.",
            next_step="Name fewer phones in one call.",
            problems=["too_long"],
        )
    params = action.params.model_validate_json(text.encode("utf-8", "surrogatepass"))
    assert isinstance(params, Params)  # noqa: S101  # the record's type says so; this tells the type checker
    return params


def _explained(action: AnyAction, problems: list[ErrorDetails]) -> InvalidParams:
    shown = [_sentence(problem) for problem in problems[:_PROBLEMS_SHOWN]]
    if len(problems) > _PROBLEMS_SHOWN:
        shown.append(f"and {len(problems) - _PROBLEMS_SHOWN} more problems")
    names = ", ".join(action.params.model_fields) or "none"
    return InvalidParams(
        f"{action.name}: {'; '.join(shown)}.",
        next_step=f"Valid arguments of {action.name}: {names}.",
        problems=[f"{_names(problem)}: {problem['type']}" for problem in problems[:_PROBLEMS_SHOWN]],
    )


def _sentence(problem: ErrorDetails) -> str:
    place = _place(problem)
    if problem["type"] == "extra_forbidden":
        return f"unknown argument {place!r}"
    if problem["type"] == "missing":
        return f"{place} is missing"
    return f"{place}: {mistake(problem)}" if place else mistake(problem)


def _place(problem: ErrorDetails) -> str:
    return ".".join(clean_text(str(part), limit=40, lines=False) for part in problem["loc"])


def _names(problem: ErrorDetails) -> str:
    """The place for the audit, without what is no name: somebody may have put a secret where one belongs."""
    return ".".join(part if _NAME.fullmatch(part) else "?" for part in map(str, problem["loc"])) or "all"
