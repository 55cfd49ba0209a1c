"""Who and what is in the workspace: people, channels, user groups, messages, files."""

from dataclasses import dataclass, field
from itertools import count

from tests.slack import JsonObject
from tests.slack.changes import Changes
from tests.slack.clock import Clock
from tests.slack.reading import seen_in
from tests.slack.refused import Refused


@dataclass(kw_only=True)
class User:
    """A person or a bot, with what ``users.info`` tells of them."""

    id: str
    team: str
    name: str
    is_bot: bool = False
    is_app_user: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_workflow_bot: bool = False
    tz: str = "Europe/Berlin"

    def as_json(self) -> JsonObject:
        """As in ``users.info``."""
        names = {"real_name": self.name, "display_name": self.name}
        told = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.name,
            "tz": self.tz,
            "profile": {**names, "team": self.team},
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_bot": self.is_bot,
            "is_app_user": self.is_app_user,
        }
        # Slack leaves these out where they are not true.
        rare = {"is_stranger": self.is_stranger, "is_workflow_bot": self.is_workflow_bot}
        return told | {name: True for name, value in rare.items() if value}


@dataclass(kw_only=True)
class Channel:
    """A channel or a direct conversation, and who is in it."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_im: bool = False
    is_private: bool = False
    is_ext_shared: bool = False

    def as_json(self) -> JsonObject:
        """As in ``conversations.info``."""
        kind = {"is_channel": not self.is_im, "is_im": self.is_im, "is_private": self.is_private or self.is_im}
        return {"id": self.id, "name": self.name, "is_ext_shared": self.is_ext_shared, "is_archived": False, **kind}


@dataclass(kw_only=True)
class Message:
    """A message as it stands now; ``versions`` holds all it ever was, the newest last."""

    channel: str
    ts: str
    user: str
    content: JsonObject  # text, blocks, metadata, files
    by_app: bool = False
    thread_ts: str | None = None
    only_to: str | None = None  # an ephemeral message, and who sees it
    is_deleted: bool = False
    versions: list[JsonObject] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # when it came to say each version
    suggested: dict[str, list[JsonObject]] = field(default_factory=dict)  # options answered so far, by action_id

    @property
    def text(self) -> str:
        """The fallback text: what notifications and screen readers get."""
        return str(self.content.get("text") or "")

    @property
    def blocks(self) -> list[JsonObject]:
        return list(self.content.get("blocks") or [])

    @property
    def seen(self) -> str:
        """Everything a reader could see of it: fallback text and all texts of its blocks."""
        return "\n".join((self.text, *seen_in(self.blocks)))

    def as_json(self) -> JsonObject:
        """As in payloads and in ``conversations.history``."""
        thread = {"thread_ts": self.thread_ts} if self.thread_ts else {}
        return {"type": "message", "user": self.user, "ts": self.ts, **thread, **self.content}


@dataclass(kw_only=True)
class File:
    """An uploaded file; ``channel`` is empty until it was shared."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None
    channel: str = ""
    thread_ts: str | None = None

    @property
    def text(self) -> str:
        return (self.content or b"").decode()


class Workspace:
    """One workspace, told by its ids; direct conversations come into being when somebody needs them."""

    def __init__(self, *, team: str, clock: Clock, changes: Changes) -> None:
        self.team = team
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, list[str]] = {}
        self.messages: list[Message] = []
        self.files: dict[str, File] = {}
        self._clock = clock
        self._changes = changes
        self._numbers = count(1)

    def user(self, identifier: str) -> User:
        """The user of this id, or ``user_not_found``."""
        if identifier not in self.users:
            raise Refused("user_not_found")
        return self.users[identifier]

    def channel(self, identifier: str) -> Channel:
        """The channel of this id; of a user's id, the direct conversation with that user."""
        if identifier in self.users:
            return self.direct(identifier)
        if identifier not in self.channels:
            raise Refused("channel_not_found")
        return self.channels[identifier]

    def direct(self, user: str) -> Channel:
        """The conversation of the app with this user alone."""
        identifier = f"D{user[1:]}"
        channel = Channel(id=identifier, name="directmessage", members={user}, is_im=True)
        return self.channels.setdefault(identifier, channel)

    def stamp(self) -> str:
        """A new ``ts``, later than all before."""
        return f"{int(self._clock())}.{next(self._numbers):06d}"

    def post(self, message: Message) -> Message:
        """Puts a message into its channel."""
        self._keep(message)
        self.messages.append(message)
        self._changes.happened()
        return message

    def edit(self, message: Message, content: JsonObject) -> None:
        """Replaces what the message says."""
        message.content = content
        self._keep(message)
        self._changes.happened()

    def _keep(self, message: Message) -> None:
        message.versions.append(dict(message.content))
        message.times.append(self._clock())

    def delete(self, message: Message) -> None:
        """Takes the message away; nobody can edit it from now on."""
        message.is_deleted = True
        self._changes.happened()

    def find(self, channel: str, ts: str) -> Message | None:
        """The message, unless it is ephemeral or deleted."""
        found = (message for message in self.messages if (message.channel, message.ts) == (channel, ts))
        return next((message for message in found if not message.is_deleted and message.only_to is None), None)

    def in_channel(self, channel: str) -> list[Message]:
        """Messages everybody in the channel sees, oldest first."""
        return [
            message
            for message in self.messages
            if message.channel == channel and not message.is_deleted and message.only_to is None
        ]

    def in_thread(self, channel: str, ts: str) -> bool:
        """Whether a reply may go there: the first message stands, or was deleted but has replies."""
        replies = any(message.thread_ts == ts for message in self.in_channel(channel))
        return replies or self.find(channel, ts) is not None
