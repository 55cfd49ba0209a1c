"""What Slack is given to show: a message, or a view."""

from dataclasses import dataclass

from pydantic import JsonValue

Block = dict[str, JsonValue]
"""One block of Block Kit, as JSON."""

View = dict[str, JsonValue]
"""A modal or a home, as ``views.open`` and ``views.publish`` take it."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message. ``text`` stands for all of it where blocks cannot be seen: in notifications and read aloud."""

    text: str
    blocks: tuple[Block, ...] = ()
