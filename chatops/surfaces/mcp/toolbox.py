"""The tools of this door: which of them somebody may use now, and a call of one."""

import logging
from dataclasses import dataclass
from functools import cached_property

from mcp import MCPError, types

from chatops.errors import UnknownAction
from chatops.executor import Executor
from chatops.surfaces.mcp.admitting import Admission, Context
from chatops.surfaces.mcp.answers import answer, internal_error
from chatops.surfaces.mcp.calling import Calling
from chatops.surfaces.mcp.listing import offered_now, tool
from chatops.surfaces.mcp.schemas import Schema
from tools import called, clean_text

_NAME_LIMIT = 64
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Toolbox:
    """Lists and calls. An open question of the older era is waited for ``patience`` seconds."""

    executor: Executor
    admission: Admission
    patience: float

    @cached_property
    def tools(self) -> dict[str, types.Tool]:
        """Every tool there is, by name, in the order of their names."""
        return {name: tool(action) for name, action in sorted(self.executor.actions.items())}

    def schema_of(self, name: str) -> Schema | None:
        """What a tool takes; of no use without the right to call it."""
        action = called(self.executor.actions, name)
        return self.tools[action.name].input_schema if action is not None else None

    async def list(self, context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        """What this person may use now, on one page."""
        if params is not None and params.cursor is not None:
            raise MCPError(types.INVALID_PARAMS, "There is no such cursor: all tools stand on one page.")
        principal = await self.admission.noted(context)
        offered = {action.name for action in await offered_now(self.executor, principal)}
        return types.ListToolsResult(tools=[each for name, each in self.tools.items() if name in offered])

    async def call(
        self, context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        """What came of a call, or what its person must be asked first. Every call that got so far has an answer."""
        principal = await self.admission.noted(context)
        try:
            calling = Calling(executor=self.executor, context=context, principal=principal, patience=self.patience)
            outcome = await calling.outcome(params)
            if isinstance(outcome, types.InputRequiredResult):
                return outcome
            if not isinstance(outcome.error, UnknownAction):
                return answer(outcome)
        except Exception:  # noqa: BLE001  # a call has an answer also then; what is logged here is not told
            incident = self.executor.new_id()
            _LOG.exception("call %s ended with an error", incident)
            action = called(self.executor.actions, params.name)
            if action is None:
                raise MCPError(types.INTERNAL_ERROR, f"An error inside chatops, {incident} in its log.") from None
            return internal_error(action, incident)
        # Unknown and forbidden are answered alike, and both are in the audit.
        shown = clean_text(params.name, limit=_NAME_LIMIT, lines=False)
        raise MCPError(types.INVALID_PARAMS, f"Unknown tool: {shown}")
