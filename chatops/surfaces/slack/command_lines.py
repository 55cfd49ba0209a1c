"""Params as the slash command that gives them: the examples of help and of what could not be read."""

import json

from pydantic import JsonValue

from chatops.parameters import Kind, Parameter, parameters_of, place_of
from tools import AnyAction, Params


def command_line(action: AnyAction, params: Params, command: str) -> str:
    """``/phone reset a44uhlf7 efjy72gs``; a secret is left out, as a form asks for it."""
    given = params.model_dump(mode="json", exclude_unset=True)
    parameters = parameters_of(action)
    place = place_of(parameters)
    words = [command, action.word]
    if place is not None and place.name in given:
        named = given.pop(place.name)
        words += [str(each) for each in named] if isinstance(named, list) else [str(named)]
    words += [
        f"{each.name}={_quoted(_text(each, given[each.name]))}"
        for each in parameters
        if each.name in given and each.kind is not Kind.SECRET
    ]
    return " ".join(words)


def _text(parameter: Parameter, value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and parameter.kind is Kind.WORDS:
        return ",".join(str(each) for each in value)
    if isinstance(value, dict) and set(value) == set(parameter.parts):
        return "/".join(str(value[part]) for part in parameter.parts)
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _quoted(text: str) -> str:
    if not any(mark in text for mark in " \"'`,=\u201c\u201d\u2018\u2019"):
        return text
    mark = next((each for each in ('"', "'", "`") if each not in text), '"')
    return f"{mark}{text}{mark}"
