"""Telling people: one alone, or everybody in a channel; long results come as a file as well."""

import logging
from dataclasses import replace

from chatops.errors import ChatopsError, SlackError, SlackRejected
from chatops.outcome import ended
from chatops.surfaces.slack import blocks
from chatops.surfaces.slack.drawing import Drawn, drawn_outcome
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.messages import Posted
from chatops.surfaces.slack.responding import respond
from chatops.surfaces.slack.uploading import upload

_NO_MEMBER = frozenset({"not_in_channel", "channel_not_found"})
_LOG = logging.getLogger(__name__)


def error_message(error: ChatopsError) -> Message:
    """What went wrong, and what to do next."""
    made = drawn_outcome(ended(error)).message
    code = blocks.small(f"Error {error.code}")
    return replace(made, text=f"{made.text}\nError {error.code}", blocks=(*made.blocks, code))


async def whisper(office: Office, place: Place, message: Message) -> None:
    """Show this to one person alone: where they asked, or in their messages with the app.

    Raises:
        SlackError: they could not be told.

    """
    if place.response_url or place.channel != place.user:
        try:
            await flash(office, place, message)
        except SlackRejected as error:
            _LOG.info("somebody is answered in their own messages: %s", error.message)
        else:
            return
    await direct(office, place.user, message)


async def flash(office: Office, place: Place, message: Message) -> None:
    """Show this to one person alone where they asked, and nowhere that keeps it: for secrets.

    Raises:
        SlackError: it could not be shown, or nobody knows.

    """
    api_url = office.desk.web.client.base_url
    if place.response_url and await respond(api_url, place.response_url, message, thread=place.thread):
        return
    await office.desk.outgoing.whisper(place.channel, place.user, message, thread=place.thread)


async def direct(office: Office, user: str, message: Message) -> tuple[str, str]:
    """Write to one person; the channel and the time of the message.

    Raises:
        SlackError: it was not written, or nobody knows.

    """
    answer = await office.desk.web.post(
        "chat.postMessage",
        channel=user,
        text=message.text,
        blocks=[dict(each) for each in message.blocks],
        unfurl_links=False,
        unfurl_media=False,
    )
    return str(answer["channel"]), str(answer["ts"])


async def say(office: Office, place: Place, key: str, message: Message, operation: str | None = None) -> Posted:
    """Say this to everybody where it was asked, once for each key; to the asker where the app is no member.

    Raises:
        SlackError: it was not said, or nobody knows.

    """
    new = Posted(
        team=office.desk.team_id, key=key, kind="said", channel=place.channel or place.user, operation=operation
    )
    try:
        return await office.desk.outgoing.post(new, message, thread=place.thread)
    except SlackRejected as error:
        if error.upstream_code not in _NO_MEMBER:
            raise
    posted = await office.desk.outgoing.post(replace(new, channel=place.user), message)
    hint = "This app is no member of that channel, so it has written to you instead. To have it there: /invite @phones"
    await whisper(office, place, Message(text=hint, blocks=(blocks.paragraph(hint),)))
    return posted


async def whisper_drawn(office: Office, place: Place, drawn: Drawn, name: str) -> None:
    """Show a result to one person alone; what the message does not hold comes as a file into their messages.

    Raises:
        SlackError: they could not be told.

    """
    await whisper(office, place, drawn.message)
    if drawn.file is not None:
        said = f"Everything that {name} has answered:"
        channel, ts = await direct(office, place.user, Message(text=said, blocks=(blocks.paragraph(said),)))
        await _attached(office, drawn.file, name, channel, ts)


async def say_drawn(
    office: Office, place: Place, key: str, drawn: Drawn, name: str, operation: str | None = None
) -> Posted:
    """Say a result to everybody; what the message does not hold comes as a file into its thread.

    Raises:
        SlackError: it was not said, or nobody knows.

    """
    posted = await say(office, place, key, drawn.message, operation)
    if drawn.file is not None:
        thread = place.thread if posted.channel == place.channel else ""
        await _attached(office, drawn.file, name, posted.channel, thread or posted.ts or "")
    return posted


async def _attached(office: Office, text: str, name: str, channel: str, thread: str) -> None:
    """The result was told; a file that does not arrive is no reason to tell it again."""
    try:
        await upload(office.desk.web, f"{name}.csv", text.encode(), title=f"{name}.csv", channel=channel, thread=thread)
    except SlackError as error:
        _LOG.warning("a file of %s did not arrive: %s", name, error.message)
