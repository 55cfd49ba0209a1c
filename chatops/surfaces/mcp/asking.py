"""Asking the person behind a client, by a form that the client shows.

A client may answer by itself, so "accept" alone is no yes, and "decline" alone is no no: only what was ticked in the
form counts, and everything else is left to another person. No parameter exists with which a model could consent.
"""

from dataclasses import dataclass
from typing import Any

import anyio
from mcp import MCPError, types
from mcp.server.context import ServerRequestContext
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from chatops.consent import Question, Reply, Verdict
from tools import Risk, clean_text

CONFIRM = "confirm"
PATIENCE = 300.0
"""How many seconds an open question of the older era is waited for; later ones are answered in a call of their own."""
TEXT_LIMIT = 8000
_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        CONFIRM: {"type": "boolean", "title": "Do it", "description": "Yes, do exactly what is written above."}
    },
    "required": [CONFIRM],
}
_MINUTE = 60

Context = ServerRequestContext[Any, Any]


@dataclass(kw_only=True)
class ClientAsker:
    """Asks where the client can show a form. ``put`` is the question that is answered in a later call."""

    context: Context
    patience: float = PATIENCE
    put: Question | None = None

    async def ask(self, question: Question) -> Reply:
        """Waits in the older era; says LATER in the modern one."""
        objection = self._objection(question)
        if objection is not None:
            return nobody(question.action, objection)
        if is_modern(self.context):
            self.put = question
            return Reply(verdict=Verdict.LATER)
        with anyio.move_on_after(self.patience):
            return reply_of(question.action, await self._answer(question))
        return nobody(question.action, f"Nobody has answered within {self.patience / _MINUTE:.0f} minutes.")

    def _objection(self, question: Question) -> str | None:
        """Why this question is not put through this client."""
        if question.must_type or question.risk is Risk.DESTRUCTIVE:
            return f"{question.action} is {question.risk.name}, which is not confirmed through an assistant's client."
        if len(question.text) > TEXT_LIMIT:
            return "The plan is too long for a form, and nobody agrees to what they cannot read."
        return None if can_be_asked(self.context) else "This client cannot ask its person."

    async def _answer(self, question: Question) -> types.ElicitResult | None:
        session, request = self.context.session, self.context.request_id
        try:
            return await session.elicit_form(shown(question.text), _FORM, related_request_id=request)
        except (MCPError, ValidationError):
            return None


def can_be_asked(context: Context) -> bool:
    """Whether this client shows forms: what it says with this request, or said in its handshake."""
    said = context.session.client_capabilities
    elicitation = said.elicitation if said is not None else None
    if elicitation is None or (elicitation.form is None and elicitation.url is not None):
        return False
    return is_modern(context) or context.session.can_send_request


def is_modern(context: Context) -> bool:
    """Whether questions are answers of ours, which the client brings back with its reply."""
    return context.protocol_version in MODERN_PROTOCOL_VERSIONS


def form_of(text: str, operation: str) -> types.InputRequiredResult:
    """The question as a result; the client calls again with what was answered, and with this state."""
    params = types.ElicitRequestFormParams(message=shown(text), requested_schema=_FORM)
    return types.InputRequiredResult(
        input_requests={CONFIRM: types.ElicitRequest(params=params)}, request_state=operation
    )


def reply_of(action: str, answer: object) -> Reply:
    """What an answer of a client counts as."""
    if not isinstance(answer, types.ElicitResult):
        return nobody(action, "The client could not put the question.")
    ticked = (answer.content or {}).get(CONFIRM)
    if answer.action != "accept":
        return nobody(action, f"The client has answered {answer.action!r}, which need not have been a person.")
    if not isinstance(ticked, bool):
        return nobody(action, "The client has accepted without an answer, which need not have been a person.")
    return Reply(verdict=Verdict.YES if ticked else Verdict.NO)


def nobody(action: str, reason: str) -> Reply:
    """Neither a yes nor a no."""
    return Reply(
        verdict=Verdict.CANNOT_ASK,
        reason=reason,
        next_step=f"A person can do it at a terminal, where they are asked: chatops run {action} with the same "
        "arguments as options.",
    )


def shown(text: str) -> str:
    """A plan as a client shows it; the same text makes the same question."""
    return clean_text(text, limit=TEXT_LIMIT, lines=True)
