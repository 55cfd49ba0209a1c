"""One call of a client: carried out, or asked about; and the same call again, with what was answered."""

from dataclasses import dataclass
from typing import Any

from mcp import types

from chatops.executor import Executor
from chatops.operations.states import State
from chatops.outcome import Outcome
from chatops.principal import Principal
from chatops.surfaces.mcp.asking import CONFIRM, ClientAsker, Context, form_of, is_modern, reply_of
from chatops.surfaces.mcp.attending import attended
from chatops.surfaces.mcp.schemas import PLAN_ONLY
from tools import called


@dataclass(frozen=True, kw_only=True)
class Calling:
    """A call of this client by this person. An open question of the older era is waited for ``patience`` seconds."""

    executor: Executor
    context: Context
    principal: Principal
    patience: float

    async def outcome(self, params: types.CallToolRequestParams) -> Outcome | types.InputRequiredResult:
        """What came of it, or what the person must be asked first."""
        arguments, plan_only = _split(self.executor, params.name, params.arguments or {})
        async with attended(self.context.session):
            if params.request_state is not None and not plan_only and is_modern(self.context):
                return await self._answered(params, arguments, params.request_state)
            asker = ClientAsker(context=self.context, patience=self.patience)
            outcome = await self.executor.run(self.principal, params.name, arguments, asker, plan_only=plan_only)
            if asker.put is not None and outcome.operation_id is not None and outcome.error is None:
                return form_of(asker.put.text, outcome.operation_id)
            return outcome

    async def _answered(
        self, params: types.CallToolRequestParams, arguments: dict[str, Any], operation: str
    ) -> Outcome | types.InputRequiredResult:
        answers = params.input_responses or {}
        if CONFIRM in answers:
            reply = reply_of(params.name, answers[CONFIRM])
            return await self.executor.confirm(self.principal, params.name, arguments, operation, reply)
        waiting = await self.executor.find(operation)
        if waiting is not None and waiting.state is State.AWAITING_CONFIRMATION:
            # Nothing was answered: the same question again, for the same operation.
            return form_of(str(waiting.plan["text"]), operation)
        return await self.executor.confirm(
            self.principal, params.name, arguments, operation, reply_of(params.name, None)
        )


def _split(executor: Executor, name: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Arguments, and whether only the plan is wanted. Anything but true or false stays, and is refused."""
    action, wanted = called(executor.actions, name), arguments.get(PLAN_ONLY)
    if action is None or action.change is None or not isinstance(wanted, bool):
        return arguments, False
    return {key: value for key, value in arguments.items() if key != PLAN_ONLY}, wanted
