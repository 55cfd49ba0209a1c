"""A call that is made here: reads are answered to whoever asked, changes are followed where they were asked for."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from chatops.consent import Question, Reply, Verdict
from chatops.errors import SlackError, StoreUnavailable
from chatops.outcome import Outcome, Status
from chatops.principal import Principal
from chatops.revealing import revealed
from chatops.surfaces.slack import blocks, limits
from chatops.surfaces.slack.calls import Carried, takes_secret
from chatops.surfaces.slack.command_lines import command_line
from chatops.surfaces.slack.drawing import Drawn, drawn_outcome
from chatops.surfaces.slack.escaping import escaped
from chatops.surfaces.slack.flows.office import Follow, Office, Place
from chatops.surfaces.slack.flows.telling import flash, say_drawn, whisper, whisper_drawn
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.message import Message
from tools import AnyAction, Result, Risk, holds_secret

SHARE = "share"
"""The button with which an answer to one person is given to everybody."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A call. ``key`` names it in messages, which are posted once for each key; ``share`` answers it to everybody."""

    key: str
    action: AnyAction
    arguments: Mapping[str, JsonValue]
    plan_only: bool = False
    share: bool = False


@dataclass(frozen=True, kw_only=True)
class LaterAsker:
    """Puts no question itself: the card of the operation does, and its answer is a click of its own."""

    async def ask(self, question: Question) -> Reply:  # noqa: ARG002  # the protocol
        """LATER, always."""
        return Reply(verdict=Verdict.LATER)


async def run(office: Office, follow: Follow, place: Place, principal: Principal, wanted: Wanted, begin: Begin) -> None:
    """Make the call, and tell what came of it.

    Raises:
        TakenOver: another process makes it.
        SlackError: nobody could be told.

    """
    is_look = wanted.action.risk is Risk.READ or wanted.plan_only
    if not is_look:
        await begin()
    outcome = await office.service.executor.run(
        principal, wanted.action.name, wanted.arguments, LaterAsker(), plan_only=wanted.plan_only
    )
    if not is_look and outcome.operation_id is not None:
        await _followed(office, follow, place, outcome)
    elif wanted.share and may_be_shared(wanted.action) and outcome.status in (Status.DONE, Status.PLANNED):
        await _answer_everybody(office, place, principal, wanted, outcome)
    else:
        drawn = drawn_outcome(outcome)
        await whisper_drawn(office, place, _with_button(drawn, wanted, outcome), wanted.action.word)
        if secrets := revealed(outcome):
            await flash(office, place, _secrets(secrets))


async def _followed(office: Office, follow: Follow, place: Place, outcome: Outcome) -> None:
    try:
        await follow(office, place, outcome.operation_id or "")
    except (SlackError, StoreUnavailable) as error:
        # Whoever asked has to know which operation it is, wherever it cannot be shown.
        _LOG.warning("an operation is not shown where it was asked for: %s", error.message)
        await whisper(office, place, drawn_outcome(outcome).message)


def may_be_shared(action: AnyAction) -> bool:
    """Whether an answer may be given to everybody: not where a secret is in it, or in the question."""
    result: type[Result] = action.result
    return not takes_secret(action) and not holds_secret(result)


def _secrets(secrets: Mapping[str, str]) -> Message:
    """Whoever asked for a secret may see it, once; no channel, file or log does."""
    text = "\n".join(f"{name}: {value}" for name, value in secrets.items())
    return Message(
        text=escaped(text, limits.SECTION_TEXT),
        blocks=(blocks.small("Only you see this, and only for now."), blocks.preformatted(text)),
    )


def _with_button(drawn: Drawn, wanted: Wanted, outcome: Outcome) -> Drawn:
    value = Carried(action=wanted.action.name, arguments=wanted.arguments, plan_only=wanted.plan_only).text
    is_look = wanted.action.risk is Risk.READ or wanted.plan_only
    if outcome.is_error or not is_look or value is None or not may_be_shared(wanted.action):
        return drawn
    row = blocks.actions(SHARE, blocks.button("Share", SHARE, value))
    return replace(drawn, message=replace(drawn.message, blocks=(*drawn.message.blocks, row)))


async def _answer_everybody(
    office: Office, place: Place, principal: Principal, wanted: Wanted, outcome: Outcome
) -> None:
    drawn = drawn_outcome(outcome)
    line = command_line(wanted.action, outcome.params, office.command) if outcome.params is not None else ""
    said = f"{principal.person} has asked: {line}"
    message = replace(
        drawn.message,
        text=f"{escaped(said, limits.HEADER_TEXT)}\n{drawn.message.text}",
        blocks=(blocks.small(said), *drawn.message.blocks),
    )
    await say_drawn(office, place, wanted.key, replace(drawn, message=message), wanted.action.word)
