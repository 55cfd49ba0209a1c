"""Telling people: alone, or in the channel where they asked."""

from chatops.errors import ChatopsError
from chatops.outcome import ended
from chatops.surfaces.slack.drawing import drawn_outcome
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.messages import Posted


async def whisper(office: Office, place: Place, message: Message) -> None:
    """Tell whoever asked, and nobody else."""
    await office.desk.outgoing.whisper(place.channel, place.user, message, thread=place.thread)


async def say(office: Office, place: Place, key: str, message: Message, operation: str | None = None) -> None:
    """Tell everybody where it was asked, once for each key."""
    new = Posted(team=office.desk.team_id, key=key, kind="said", channel=place.channel, operation=operation)
    await office.desk.outgoing.post(new, message, thread=place.thread)


def error_message(error: ChatopsError) -> Message:
    """What went wrong, and what to do next."""
    return drawn_outcome(ended(error)).message
