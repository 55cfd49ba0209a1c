"""What the tests of the declarations stand on: the client over HTTP and a simulator, on one clock.

Plans, policy and consent are left out on purpose: they read the phones first, and what is looked at here is the one
request that a declaration becomes, and the one answer it is made of.
"""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pydantic import JsonValue, SecretStr

from chatops.cloud import AccessKey, Answer, Grant, Password
from chatops.errors import ChatopsError, OutcomeUnknown, TargetsEmpty
from chatops.outcome import Outcome, Status
from chatops.parsing import parse
from chatops.simulator import Fault, Simulator
from chatops.simulator.records import RequestRecord
from chatops.simulator.settings import Dialect
from tests.chatops.cloud.world import ACTIONS, HERE, KEY, Clock, World, world
from tools import AnyAction, Params, Targets

PHONES = 60


class Stage:
    """A path from arguments to a simulator, and a look behind it.

    No dataclass: hypothesis would print all its fields, which are pages long.
    """

    def __init__(self, world: World, actions: Mapping[str, AnyAction] = ACTIONS) -> None:
        self.world = world
        self.actions = actions

    def __repr__(self) -> str:
        return f"<stage at {self.world.url}>"

    @property
    def simulator(self) -> Simulator:
        return self.world.simulator

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def records(self) -> list[RequestRecord]:
        """The requests that arrived since the stage was last renewed, oldest first."""
        return list(self.simulator.requests)

    @property
    def last(self) -> RequestRecord:
        return self.simulator.requests[-1]

    def renew(self) -> None:
        """The fleet as it was, no faults, nothing arrived, and everybody who waits for a while has waited."""
        self.simulator.tenants = Simulator(self.simulator.settings).tenants
        self.simulator.faults.clear()
        self.simulator.requests.clear()
        self.clock.seconds += 301.0  # a credential that was refused too often may be used again
        self.clock.slept.clear()

    async def run(
        self,
        name: str,
        arguments: Mapping[str, JsonValue] | None = None,
    ) -> Outcome:
        """The outcome of a call; without arguments, of the printed example."""
        action = self.actions[name]
        given = arguments if arguments is not None else arguments_of(action.examples[0].params)
        try:
            parsed = parse(action, given)
        except ChatopsError as error:
            return Outcome(status=Status.INVALID, message=error.message, action=action, error=error)
        params = _filled(action, parsed)
        if params is None:
            empty = TargetsEmpty("Nothing to do.", next_step="Look at them.")
            return Outcome(status=Status.REFUSED, message=empty.message, action=action, error=empty)
        try:
            answer = await self._ask(action, params)
        except ChatopsError as error:
            status = Status.UNKNOWN if isinstance(error, OutcomeUnknown) else Status.FAILED
            return Outcome(status=status, message=error.message, action=action, params=params, error=error)
        warnings = tuple(action.warn(params, answer.result)) if action.warn else ()
        settled = action.change.settled(params, answer.result).value if action.change else "done"
        return Outcome(
            status=Status(settled),
            message=action.view.say(params, answer.result),
            action=action,
            params=params,
            result=answer.result,
            warnings=(*warnings, *answer.warnings),
        )

    async def _ask(self, action: AnyAction, params: Params) -> Answer[Any]:
        if action.change is None:
            return await self.world.client.read(action, params)
        return await self.world.client.change(
            Grant.covering(action, params, principal="alice", regions=HERE), action, params
        )

    async def answered(
        self,
        name: str,
        answer: object,
        *,
        status: int = 200,
        arguments: Mapping[str, JsonValue] | None = None,
        content_type: str = "application/json",
    ) -> Outcome:
        """The outcome when every request is answered with exactly this: bytes as they are, the rest as JSON."""
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        fault = Fault(kind="raw", status=status, body_base64=base64.b64encode(body).decode(), content_type=content_type)
        self.simulator.faults.clear()
        self.simulator.faults.add(fault)
        try:
            return await self.run(name, arguments)
        finally:
            self.simulator.faults.clear()


@asynccontextmanager
async def open_stage(*, dialect: Dialect = "table", credentials: AccessKey | Password = KEY) -> AsyncIterator[Stage]:
    """A stage with everything real: HTTP over loopback, signatures or tokens."""
    async with world(dialect=dialect, credentials=credentials, phones=PHONES) as opened:
        yield Stage(opened)


def _filled(action: AnyAction, params: Params) -> Params | None:
    """As planning completes them, of phones that belong to nobody."""
    fill = action.change.fill if action.change else None
    if fill is None or not isinstance(params, Targets):
        return params
    filled: Params | None = fill(params, dict.fromkeys(params.instance_ids))
    return filled


def arguments_of(params: Params) -> dict[str, JsonValue]:
    """The params as a person would write them, secrets included."""
    written: dict[str, JsonValue] = params.model_dump(mode="json", exclude_none=True)
    secrets = {name: value for name, value in params if isinstance(value, SecretStr)}
    return {**written, **{name: value.get_secret_value() for name, value in secrets.items()}}


def example_arguments(name: str, **changes: JsonValue) -> dict[str, JsonValue]:
    """The arguments of the printed example, with some of them changed."""
    return {**arguments_of(ACTIONS[name].examples[0].params), **changes}


def data_of(outcome: Outcome) -> dict[str, Any]:
    """What an outcome says about the phones, as JSON."""
    assert outcome.error is None, outcome.error
    data = outcome.payload()["data"]
    assert isinstance(data, dict)
    return data


def body_of(stage: Stage) -> dict[str, Any]:
    """The JSON body of the request that arrived last."""
    body = stage.last.body
    assert isinstance(body, dict)
    return body
