"""Params as the command line that gives them: the examples of an action's help."""

import json
import shlex

from pydantic import JsonValue

from chatops.parameters import Kind, Parameter, parameters_of, place_of
from tools import AnyAction, Params


def command_line(action: AnyAction, params: Params) -> str:
    """``chatops run reset a44uhlf7 efjy72gs``; a secret becomes a file that would hold it."""
    given = params.model_dump(mode="json", exclude_unset=True)
    parameters = parameters_of(action)
    place = place_of(parameters)
    words = ["chatops", "run", action.word]
    if place is not None and place.name in given:
        named = given.pop(place.name)
        words += [str(each) for each in named] if isinstance(named, list) else [str(named)]
    for parameter in parameters:
        if parameter.name in given:
            words += _option(parameter, given[parameter.name])
    return shlex.join(words)


def _option(parameter: Parameter, value: JsonValue) -> list[str]:
    if parameter.kind is Kind.FLAG:
        return [parameter.flag if value else f"--no-{parameter.flag[2:]}"]
    if parameter.kind is Kind.SECRET:
        return [parameter.flag, f"@{parameter.name}.txt"]
    if isinstance(value, list) and parameter.kind is Kind.WORDS:
        return [parameter.flag, ",".join(str(each) for each in value)]
    if isinstance(value, dict) and set(value) == set(parameter.parts):
        return [parameter.flag, "/".join(str(value[part]) for part in parameter.parts)]
    return [parameter.flag, json.dumps(value) if isinstance(value, (dict, list)) else str(value)]
