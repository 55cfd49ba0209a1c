"""What is typed: slash commands, and messages that name the app."""

import re
from dataclasses import dataclass

from chatops.principal import Principal
from chatops.surfaces.slack import help as helping
from chatops.surfaces.slack import words
from chatops.surfaces.slack.asked import Asked, Help, Misread, Own
from chatops.surfaces.slack.calls import Carried
from chatops.surfaces.slack.flows.offering import open_form
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.flows.places import part, place_of
from chatops.surfaces.slack.flows.routes import Routes
from chatops.surfaces.slack.flows.running import Wanted, run
from chatops.surfaces.slack.flows.suggestions import warm
from chatops.surfaces.slack.flows.telling import whisper
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.received import Kind, Received
from tools import AnyAction

_ANYBODY = "[A-Z0-9]+"


@dataclass(frozen=True, kw_only=True)
class Commands:
    """Reads them, and does what they ask for."""

    routes: Routes

    async def __call__(self, office: Office, received: Received, principal: Principal, begin: Begin) -> None:
        """Answer a slash command or a mention."""
        offered = {each.name: each for each in office.service.executor.offered(principal)}
        text, place = text_of(received), place_of(received)
        forbidden = _forbidden(text, office, offered)
        if forbidden is not None:
            # The executor says which permission it takes, and writes down that it was tried.
            wanted = Wanted(key=received.id, action=forbidden, arguments={}, plan_only=True)
            await run(office, self.routes.follow, place, principal, wanted, begin)
            return
        found = words.read(text, offered, command=office.command, own=tuple(self.routes.own))
        if isinstance(found, Own):
            await self.routes.own[found.name](office, place, principal, found.rest, begin)
        elif isinstance(found, Help):
            shown = helping.help_on(found.action, command=office.command) if found.action else None
            await whisper(office, place, shown or helping.overview(offered, command=office.command))
        elif isinstance(found, Misread):
            await whisper(office, place, helping.misread(found))
        else:
            await self._asked(office, received, principal, found, begin)

    async def _asked(
        self, office: Office, received: Received, principal: Principal, found: Asked, begin: Begin
    ) -> None:
        place = place_of(received)
        if found.missing:
            carried = Carried(
                action=found.action.name, arguments=found.arguments, plan_only=found.plan_only, share=found.share
            )
            await open_form(office, place, received.trigger, found.action, carried)
            await warm(office, principal)
            return
        wanted = Wanted(
            key=f"said:{received.id}",
            action=found.action,
            arguments=found.arguments,
            plan_only=found.plan_only,
            share=found.share,
        )
        await run(office, self.routes.follow, place, principal, wanted, begin)


def text_of(received: Received) -> str:
    """What was typed; of a message, what follows the name of the app."""
    if received.kind is Kind.COMMAND:
        return str(received.payload.get("text") or "")
    text = str(part(received.payload, "event").get("text") or "")
    mentioned = re.search(rf"<@{_app(received)}(?:\|[^<>]*)?>", text)
    return text[mentioned.end() :] if mentioned is not None else text


def _app(received: Received) -> str:
    """The app's own id as a user, as Slack says it; whoever is mentioned first where it does not."""
    given = received.payload.get("authorizations")
    first = given[0] if isinstance(given, list) and given and isinstance(given[0], dict) else {}
    return re.escape(str(first.get("user_id") or "")) or _ANYBODY


def _forbidden(text: str, office: Office, offered: dict[str, AnyAction]) -> AnyAction | None:
    """The action that is named where it is not for this person."""
    named = words.action_called(words.first_word(text), office.service.executor.actions)
    return named if named is not None and named.name not in offered else None
