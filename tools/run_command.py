"""Run a shell command on phones and wait for the answer.

For slow commands use start_command. No pipes or quotes. At most 1,024 bytes of output come back per phone. Commands
that only read, such as ls, getprop or df, need no confirmation.
"""

from pydantic import AliasChoices, Field

from tools._action import Action, Example
from tools._change import Change, Resend, Settled, Unverifiable
from tools._command import EASED, UNDO, CommandParams, command_endpoint, confirm_command
from tools._model import Result
from tools._risk import Permission, Risk
from tools._states import TaskState
from tools._task import Ran, cut_off
from tools._text import ReportedId, phones
from tools._view import Table


class CommandResult(Ran):
    """What one phone answered."""

    instance_id: ReportedId


class CommandResults(Result):
    """What each phone answered, failures first, and the phones that did not answer."""

    results: tuple[CommandResult, ...] = Field(default=(), validation_alias=AliasChoices("cmd_results", "results"))
    no_answer: tuple[ReportedId, ...] = ()


def _complete(params: CommandParams, result: CommandResults) -> CommandResults:
    answered = {each.instance_id for each in result.results}
    return CommandResults(
        results=tuple(sorted(result.results, key=lambda each: each.status is not TaskState.FAILED)),
        no_answer=tuple(each for each in params.instance_ids if each not in answered),
    )


def _count(result: CommandResults, state: TaskState) -> int:
    return sum(each.status is state for each in result.results)


def _failed(_: CommandParams, result: CommandResults) -> int:
    return _count(result, TaskState.FAILED) + len(result.no_answer)


def _settled(params: CommandParams, result: CommandResults) -> Settled:
    if failed := _failed(params, result):
        return Settled.PARTIAL if failed < len(result.results) + len(result.no_answer) else Settled.FAILED
    return Settled.DONE if _count(result, TaskState.SUCCEEDED) == len(result.results) else Settled.ACCEPTED


def _say(_: CommandParams, result: CommandResults) -> str:
    asked = len(result.results) + len(result.no_answer)
    failed, missing = _count(result, TaskState.FAILED), len(result.no_answer)
    parts = [f"ran on {_count(result, TaskState.SUCCEEDED)} of {phones(asked)}"]
    parts += [f"failed on {failed}"] if failed else []
    parts += [f"no answer from {missing}"] if missing else []
    return f"The command {', '.join(parts)}."


def _warn(_: CommandParams, result: CommandResults) -> list[str]:
    # A phone may answer "running", and no task id with which to ask again (conflict 75).
    waiting = len(result.results) - _count(result, TaskState.SUCCEEDED) - _count(result, TaskState.FAILED)
    return [
        *cut_off(result.results, "phone"),
        *(
            [f"Still running on {phones(waiting)}; their result cannot be fetched later. Use start_command."]
            if waiting
            else []
        ),
        *([f"No answer for: {', '.join(result.no_answer)}."] if result.no_answer else []),
    ]


ACTION = Action(
    name="run_command",
    word="exec",
    doc=__doc__,
    title="Run a command",
    by=command_endpoint("sync-command"),
    params=CommandParams,
    result=CommandResults,
    risk=Risk.DESTRUCTIVE,
    permission=Permission("commands:run"),
    change=Change(
        confirm=confirm_command,
        undo=UNDO,
        verify=Unverifiable(
            why="The answer says what the command wrote; what it changed cannot be read through the API."
        ),
        lost="Reading cannot tell whether the command ran. Look at the phones with a command that only reads.",
        wipes=False,
        resend=Resend.IF_UNPROCESSED,
        settled=_settled,
        failed=_failed,
        eased=EASED,
    ),
    view=Table(
        say=_say,
        columns=("phone", "state", "error", "output"),
        cells=lambda result: [
            *((each, "no answer", None, None) for each in result.no_answer),
            *((each.instance_id, each.status.shown, each.error, each.output) for each in result.results),
        ],
    ),
    complete=_complete,
    join=lambda params, parts: _complete(
        params, CommandResults(results=tuple(each for part in parts for each in part.results))
    ),
    warn=_warn,
    examples=(
        Example(
            params=CommandParams(command="ls -l /system", instance_ids=("a44uhlf7", "efjy72gs")),
            sends={"command": "ls -l /system", "instance_ids": ["a44uhlf7", "efjy72gs"]},
            answers={
                "data": {
                    "cmd_results": [
                        {
                            "instance_id": "a44uhlf7",
                            "status": -1,
                            "error_code": "CPS.0191",
                            "error_msg": "Run command failed.",
                            "execute_msg": "ls: cannot access '/system': No such file or directory",
                        },
                        {
                            "instance_id": "efjy72gs",
                            "status": 2,
                            "error_code": "",
                            "error_msg": "",
                            "execute_msg": "xxxxxx",
                        },
                    ]
                },
                "error_code": "0",
                "error_msg": "ok",
            },
            source="4.1.1",
        ),
    ),
)
