"""Prepare a user's phones for streaming.

A backed-up phone is restored first. Follow each with get_prepare_progress.
"""

from datetime import timedelta

from pydantic import AliasChoices, Field

from tools import get_prepare_progress
from tools._action import Action, Example
from tools._assignment import AssignmentParams
from tools._change import Change, Resend, Settled, until
from tools._endpoint import Batch, Endpoint
from tools._model import Result
from tools._risk import Permission, Risk
from tools._states import PrepareState, ProgressState
from tools._text import ReportedId, phones
from tools._view import Table

_NAMED_AT_MOST = 5


class PreparedPhone(Result):
    """Where one phone stands. One that belongs to nobody is "to be assigned", not an error (conflict 73)."""

    instance_id: ReportedId
    status: PrepareState


class PreparedPhones(Result):
    """Where the phones stand, matched by id: the printed example answers other phones than it asks (conflict 39)."""

    phones: tuple[PreparedPhone, ...] = Field(default=(), validation_alias=AliasChoices("status_list", "phones"))
    no_answer: tuple[ReportedId, ...] = ()


def _complete(params: AssignmentParams, result: PreparedPhones) -> PreparedPhones:
    answered = {phone.instance_id: phone for phone in result.phones}
    return PreparedPhones(
        phones=tuple(answered.values()),
        no_answer=tuple(each for each in params.instance_ids if each not in answered),
    )


def _count(params: AssignmentParams, result: PreparedPhones, state: PrepareState) -> int:
    return sum(phone.status is state for phone in result.phones if phone.instance_id in params.instance_ids)


def _failed(params: AssignmentParams, result: PreparedPhones) -> int:
    return len(result.no_answer) + _count(params, result, PrepareState.TO_BE_ASSIGNED)


def _settled(params: AssignmentParams, result: PreparedPhones) -> Settled:
    asked = len(params.instance_ids)
    if stuck := _failed(params, result):
        return Settled.PARTIAL if stuck < asked else Settled.FAILED
    return Settled.DONE if _count(params, result, PrepareState.NORMAL) == asked else Settled.ACCEPTED


def _say(params: AssignmentParams, result: PreparedPhones) -> str:
    ready = _count(params, result, PrepareState.NORMAL)
    return f"{ready} of {phones(len(params.instance_ids))} ready for user {params.user_id}."


def _some(ids: list[str]) -> str:
    """The first of them, and how many more there are: nobody limits what was not asked for."""
    more = len(ids) - _NAMED_AT_MOST
    return ", ".join(ids[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _warn(params: AssignmentParams, result: PreparedPhones) -> list[str]:
    others = [phone.instance_id for phone in result.phones if phone.instance_id not in params.instance_ids]
    unassigned = _count(params, result, PrepareState.TO_BE_ASSIGNED)
    return [
        *([f"No answer for: {', '.join(result.no_answer)}."] if result.no_answer else []),
        *([f"To be assigned to the user first: {phones(unassigned)}."] if unassigned else []),
        *([f"The API answered for phones that were not asked about: {_some(others)}."] if others else []),
    ]


ACTION = Action(
    name="prepare_instances",
    word="prepare",
    doc=__doc__,
    title="Prepare phones",
    by=Endpoint(method="POST", path="/v1/instances/prepare", batch=Batch(per_call=100, one_region=True)),
    params=AssignmentParams,
    result=PreparedPhones,
    risk=Risk.CHANGE,
    permission=Permission("instances:prepare"),
    change=Change(
        confirm=lambda params, plan: f"Prepare {plan.count} cloud phones for user {params.user_id}?",
        undo="backup_instances puts a phone back into storage.",
        verify=until(
            get_prepare_progress.ACTION,
            ask=lambda params, ids: get_prepare_progress.ProgressParams(instance_id=ids[0], user_id=params.user_id),
            rows=lambda result: (result,),
            reached=lambda _, progress: progress.status is ProgressState.NORMAL,
            left=None,
            within=timedelta(minutes=15),
            per_call=1,
        ),
        lost="The progress tells: a phone that is ready was prepared.",
        wipes=False,
        resend=Resend.IF_UNPROCESSED,
        settled=_settled,
        failed=_failed,
    ),
    view=Table(
        say=_say,
        columns=("phone", "state"),
        cells=lambda result: [
            *((each, "no answer") for each in result.no_answer),
            *((phone.instance_id, phone.status.shown) for phone in result.phones),
        ],
    ),
    complete=_complete,
    join=lambda params, parts: _complete(
        params, PreparedPhones(phones=tuple(phone for part in parts for phone in part.phones))
    ),
    warn=_warn,
    examples=(
        Example(
            params=AssignmentParams(user_id="1008600000104285462", instance_ids=("iRJEVP96", "iRJEVP96")),
            sends={"user_id": "1008600000104285462", "instance_ids": ["iRJEVP96"]},
            answers={
                "data": {
                    "status_list": [
                        {"instance_id": "a44uhlf7", "status": 0},
                        {"instance_id": "efjy72gs", "status": 1},
                    ]
                },
                "error_code": "0",
                "error_msg": "ok",
            },
            source="4.3.1",
        ),
    ),
)
