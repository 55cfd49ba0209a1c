"""What has to hold of a runbook before anybody follows it."""

import re
from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from chatops.errors import ChatopsError
from chatops.parsing import parse
from chatops.runbooks.notation import GAP, WrittenCall
from chatops.runbooks.runbook import Runbook
from tools import OPEN, AnyAction, Risk

_OWN_VALUE = re.compile(r"[A-Z][A-Z0-9_]*")


def check_form(runbook: Runbook) -> None:
    """What the shape of the front matter does not say.

    Raises:
        ConfigurationError: it does not hold; the message names file and line.

    """
    document, name = runbook.document, runbook.document.file.stem
    if runbook.name != name:
        raise document.error(("name",), f"the name is {runbook.name}, the file's is {name}", fix="Name both alike.")
    if len(runbook.arguments) < len(runbook.head.arguments):
        raise document.error(("arguments",), "two arguments have one name", fix="Give each a name of its own.")
    for number, argument in enumerate(runbook.head.arguments):
        if problem := argument.problem_of(argument.example):
            place = ("arguments", number, "example")
            raise document.error(place, f"the example is no {argument.kind}: {problem}", fix="Correct the example.")
    _check_gaps(runbook)


def _check_gaps(runbook: Runbook) -> None:
    gaps = [(gap, call.line) for call in runbook.reads for gap in call.gaps]
    for number, line in enumerate(runbook.text.split("\n"), runbook.first):
        gaps += [(gap, number) for gap in GAP.findall(line)]
    for gap, number in gaps:
        if gap not in runbook.arguments:
            raise runbook.document.error_at(number, f"{{{gap}}} is no argument", fix="Declare it under arguments.")
        if runbook.arguments[gap].kind == "text":
            # Free text may come from anybody; inside a step it would read like one.
            raise runbook.document.error_at(number, f"{{{gap}}} is a text and stands below the steps", fix="Remove it.")


def check_calls(runbook: Runbook, actions: Mapping[str, AnyAction]) -> None:
    """That whatever the runbook calls exists, and takes what it is given there.

    Raises:
        ConfigurationError: something does not; the message names file and line.

    """
    document = runbook.document
    examples = {each.name: each.example for each in runbook.head.arguments}
    for call in (*runbook.reads, *runbook.steps):
        action = actions.get(call.action)
        if action is None:
            raise document.error_at(call.line, f"there is no action {call.action}", fix="Name one that exists.")
        if call in runbook.reads and action.risk is not Risk.READ:
            raise document.error_at(call.line, f"{call.action} changes something", fix="Read with READ actions only.")
        try:
            parse(action, _arguments(call.filled(examples), action))
        except ChatopsError as error:
            raise document.error_at(call.line, error.message.removesuffix("."), fix=error.next_step) from None
        except ValueError as error:
            raise document.error_at(call.line, f"{call.action}: {error}", fix="Correct the call.") from None


def _arguments(call: WrittenCall, action: AnyAction) -> dict[str, JsonValue]:
    """The arguments; a word in capitals stands for a value of whoever follows the runbook, here for a printed one."""
    own = {name for name, value in call.words if _OWN_VALUE.fullmatch(value)}
    printed = action.examples[0].params.model_dump(mode="json", context=OPEN)
    said = replace(call, words=tuple((name, value) for name, value in call.words if name not in own))
    return {**said.arguments(action), **{name: printed.get(name) for name in own}}
