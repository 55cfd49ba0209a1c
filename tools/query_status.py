"""Read the run state of phones."""

from datetime import timedelta
from typing import TypeVar

from pydantic import AliasChoices, Field

from tools._action import Action, Example
from tools._change import Until, until
from tools._endpoint import Batch, Endpoint
from tools._model import Params, Result
from tools._risk import Permission, Risk
from tools._states import RunState
from tools._text import ReportedId, phones
from tools._types import Targets
from tools._view import Table

P = TypeVar("P", bound=Params)


class QueryStatusParams(Targets):
    """Phones to look at."""


class PhoneStatus(Result):
    """The run state of one phone."""

    instance_id: ReportedId
    status: RunState


class PhoneStatuses(Result):
    """The run states the API answered, and the phones it did not answer for.

    The reference's own example asks about two phones and answers for one: that is no error (conflict 40).
    """

    phones: tuple[PhoneStatus, ...] = Field(default=(), validation_alias=AliasChoices("status_results", "phones"))
    no_answer: tuple[ReportedId, ...] = Field(default=(), description="Phones that were asked about and not answered")


def _complete(params: QueryStatusParams, result: PhoneStatuses) -> PhoneStatuses:
    answered = {phone.instance_id: phone for phone in result.phones}
    return PhoneStatuses(
        phones=tuple(answered[each] for each in params.instance_ids if each in answered),
        no_answer=tuple(each for each in params.instance_ids if each not in answered),
    )


def _say(_: QueryStatusParams, result: PhoneStatuses) -> str:
    running = sum(phone.status is RunState.RUNNING for phone in result.phones)
    missing = f"; no answer for {len(result.no_answer)}" if result.no_answer else ""
    return f"{running} of {phones(len(result.phones) + len(result.no_answer))} running{missing}."


ACTION = Action(
    name="query_status",
    word="status",
    doc=__doc__,
    title="Phone status",
    by=Endpoint(method="POST", path="/v1/instances/batch-query-status", batch=Batch(per_call=100, one_region=False)),
    params=QueryStatusParams,
    result=PhoneStatuses,
    risk=Risk.READ,
    permission=Permission("instances:read"),
    change=None,
    view=Table(
        say=_say,
        columns=("phone", "state"),
        cells=lambda result: [
            *((each, "no answer") for each in result.no_answer),
            *((phone.instance_id, phone.status.shown) for phone in result.phones),
        ],
    ),
    complete=_complete,
    join=lambda _, parts: PhoneStatuses(
        phones=tuple(phone for part in parts for phone in part.phones),
        no_answer=tuple(each for part in parts for each in part.no_answer),
    ),
    warn=lambda _, result: [f"No answer for: {', '.join(result.no_answer)}."] if result.no_answer else [],
    examples=(
        Example(
            params=QueryStatusParams(instance_ids=("a44uhlf7", "efjy72gs")),
            sends={"instance_ids": ["a44uhlf7", "efjy72gs"]},
            answers={
                "data": {"status_results": [{"instance_id": "a44uhlf7", "status": 0}]},
                "error_code": "0",
                "error_msg": "ok",
            },
            source="4.1.5",
        ),
    ),
)


def until_running_again(*, within: timedelta) -> Until[P]:
    """Verified by seeing each phone leave its running state and come back to it."""
    return until(
        ACTION,
        ask=lambda _, ids: QueryStatusParams(instance_ids=ids),
        rows=lambda result: result.phones,
        reached=lambda _, phone: phone.status is RunState.RUNNING,
        left=lambda phone: phone.status is not RunState.RUNNING,
        within=within,
    )
