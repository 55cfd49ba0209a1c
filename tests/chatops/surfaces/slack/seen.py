"""What is asked of everything that this door draws."""

from typing import Any

from chatops.surfaces.slack.message import Message, View
from tests.slack.limits import broadcasts, links, mentions, message_findings, unsaid, view_findings


def payload(message: Message) -> dict[str, Any]:
    """The message as it is posted."""
    return {"text": message.text, "blocks": [*message.blocks]}


def sound(message: Message) -> None:
    """Slack takes it, its text says everything, and it calls nobody and leads nowhere."""
    posted = payload(message)
    assert not message_findings(posted)
    assert not unsaid(posted)
    harmless(posted)


def sound_view(view: View) -> None:
    """Slack takes it, and it calls nobody and leads nowhere."""
    assert not view_findings(view)
    harmless(view)


def harmless(posted: dict[str, Any]) -> None:
    """It calls nobody and leads nowhere."""
    assert not broadcasts(posted)
    assert not mentions(posted)
    assert not links(posted)
