"""Answers for the one person who has pressed or sent something."""

import logging

from chatops.errors import SlackError
from chatops.surfaces.slack import blocks, limits
from chatops.surfaces.slack.escaping import escaped
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.flows.places import place_of
from chatops.surfaces.slack.flows.telling import whisper
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.received import Received

_LOG = logging.getLogger(__name__)


def said(text: str) -> Message:
    """A message of one paragraph."""
    return Message(text=escaped(text, limits.FALLBACK), blocks=(blocks.paragraph(text),))


async def reply(office: Office, received: Received, message: Message) -> None:
    """Tell this person alone: where they pressed, or else in a direct message. What cannot be told is logged."""
    try:
        await whisper(office, place_of(received), message)
    except SlackError as error:
        _LOG.warning("somebody could not be told: %s", error.message)
