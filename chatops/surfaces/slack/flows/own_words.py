"""The commands of the door itself: what cannot be read, and what is refused, is told to whoever typed it."""

from collections.abc import Mapping

from chatops.errors import ChatopsError, SlackError
from chatops.principal import Principal
from chatops.surfaces.slack import help as helping
from chatops.surfaces.slack.flows.following import runbook
from chatops.surfaces.slack.flows.freezing import freeze, unfreeze
from chatops.surfaces.slack.flows.looking import audit, op, why
from chatops.surfaces.slack.flows.office import Office, OwnCommand, Place
from chatops.surfaces.slack.flows.telling import error_message, whisper
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.options import Unread


def _told(command: OwnCommand) -> OwnCommand:
    async def told(office: Office, place: Place, principal: Principal, rest: str, begin: Begin) -> None:
        try:
            await command(office, place, principal, rest, begin)
        except Unread as error:
            await whisper(office, place, helping.misread(error.found))
        except SlackError:
            # Slack has not taken the answer: to tell so is for whoever knows another way.
            raise
        except ChatopsError as error:
            await whisper(office, place, error_message(error))

    return told


OWN: Mapping[str, OwnCommand] = {
    "audit": _told(audit),
    "freeze": _told(freeze),
    "op": _told(op),
    "runbook": _told(runbook),
    "unfreeze": _told(unfreeze),
    "why": _told(why),
}
"""Every command of the door itself, by its name."""
