"""The fake itself: what a test holds in its hand."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.slack import JsonObject
from tests.slack.answers import Answer
from tests.slack.application import Application
from tests.slack.calls import Call
from tests.slack.clock import Clock
from tests.slack.delivery import Delivery, Kind, Receipt, Transport
from tests.slack.faults import Faults
from tests.slack.limits import links, mentions
from tests.slack.person import Person
from tests.slack.server import Server
from tests.slack.signed import SignedHttp
from tests.slack.socket import SocketMode
from tests.slack.state import new_state
from tests.slack.views import View
from tests.slack.workspace import Channel, File, Message, User


class FakeSlack:
    """One workspace with one app. Socket Mode until ``delivers_to`` names addresses of HTTP."""

    def __init__(self, application: Application | None = None, clock: Clock | None = None) -> None:
        self.application = application or Application()
        self.clock = clock or Clock()
        self.state = new_state(self.application, self.clock)
        self.faults = Faults()
        self.socket = SocketMode(self.state)
        self.http = SignedHttp(self.state, ())
        self.unacknowledged: list[Delivery] = []  # events Slack would send again
        self._server = Server(self.state, self.faults, self.socket)
        self._transport: Transport = self.socket

    @property
    def api_url(self) -> str:
        """Base address of the Web API, for ``AsyncWebClient(base_url=…)``."""
        return f"{self.state.url}/api/"

    @property
    def complaints(self) -> list[str]:
        """What Slack or a careful reader would not accept; ``fake_slack`` fails the test unless it is empty."""
        return self.state.complaints

    # Who and what is there.

    def person(self, identifier: str, *, team: str | None = None, **facts: bool | str) -> Person:
        """Somebody of this id; facts are those of ``users.info``: ``is_restricted=True``, ``deleted=True``."""
        known = self.state.workspace.users.get(identifier)
        if known is None:
            home = team or self.application.team
            strange = home != self.application.team
            known = User(id=identifier, team=home, name=identifier[2:].lower() or identifier, is_stranger=strange)
            self.state.workspace.users[identifier] = known
        for name, value in facts.items():
            assert hasattr(known, name), f"users.info knows nothing of {name}"
            setattr(known, name, value)
        return Person(self.state, known, self._deliver)

    def channel(self, identifier: str, *, with_app: bool = True, **facts: bool) -> Channel:
        """A channel of this id, with the app in it unless said otherwise."""
        new = Channel(id=identifier, name=identifier[2:].lower() or identifier)
        channel = self.state.workspace.channels.setdefault(identifier, new)
        (channel.members.add if with_app else channel.members.discard)(self.application.bot_user)
        for name, value in facts.items():
            assert hasattr(channel, name), f"channels have no {name}"
            setattr(channel, name, value)
        return channel

    def group(self, identifier: str, *users: str) -> None:
        """A user group has exactly these members from now on."""
        self.state.workspace.groups[identifier] = list(users)

    def revokes(self, token: str) -> None:
        """The token answers ``token_revoked`` from now on."""
        self.application.revoked.add(token)

    def secret(self, text: str, *, only_to: str | None = None) -> None:
        """Marks a text that may be shown to one person alone, or to nobody."""
        self.state.secrets[text] = only_to

    # How Slack reaches the app.

    def delivers_to(self, *addresses: str) -> None:
        """From now on signed HTTP, to these addresses in turns."""
        self.http.addresses = addresses
        self._transport = self.http

    async def connected(self, count: int = 1) -> None:
        """Waits until so many connections of Socket Mode are open."""
        await self.until(lambda: len(self.socket.ready) >= count or None, wanted=f"{count} connections")

    async def delivers_again(self, delivery: Delivery, *, reason: str = "timeout") -> Receipt:
        """The same once more, as after a lost acknowledgement, or as an attacker replays it."""
        return await self._deliver(delivery.again(reason))

    async def delivers_as_new(self, delivery: Delivery) -> Receipt:
        """The same event once more, under new ids and without any sign of being a retry."""
        return await self._deliver(delivery.as_new())

    async def retries(self) -> list[Receipt]:
        """Sends again every event that was not acknowledged."""
        waiting, self.unacknowledged = self.unacknowledged, []
        return [await self.delivers_again(delivery) for delivery in waiting]

    def goes_down(self) -> None:
        """Every connection breaks and none comes about, until ``comes_back``."""
        self._server.is_down = True
        self.socket.cut()

    def comes_back(self) -> None:
        """All is well again."""
        self._server.is_down = False

    # What can be seen; each of these waits until it is there.

    async def until(self, find: Callable[[], object], *, wanted: str = "what the test waits for") -> None:
        """Waits until ``find`` says something true, looking again after every change."""
        await self.state.changes.until(lambda: find() or None, wanted=wanted, instead=self.told)

    async def message_in(self, channel: str, *, containing: str = "", thread_ts: str | None = None) -> Message:
        """The newest message everybody there sees; with ``thread_ts`` a reply in that thread."""

        def find() -> Message | None:
            found = self.messages_in(channel, containing=containing, thread_ts=thread_ts)
            return found[-1] if found else None

        wanted = f"a message with {containing!r} in {channel}"
        return await self.state.changes.until(find, wanted=wanted, instead=self.told)

    def messages_in(self, channel: str, *, containing: str = "", thread_ts: str | None = None) -> list[Message]:
        """Messages of the app that everybody there sees at this moment, oldest first."""
        place = self.state.workspace.channel(channel).id
        return [
            message
            for message in self.state.workspace.in_channel(place)
            if message.by_app and containing in message.seen and thread_ts in (None, message.thread_ts)
        ]

    async def ephemeral_to(self, user: str, *, containing: str = "") -> Message:
        """The newest message only this person sees."""

        def find() -> Message | None:
            mine = [m for m in self.state.workspace.messages if m.only_to == user and not m.is_deleted]
            return next((message for message in reversed(mine) if containing in message.seen), None)

        return await self.state.changes.until(find, wanted=f"{containing!r} to {user} alone", instead=self.told)

    async def view_of(self, user: str, *, containing: str = "", callback_id: str | None = None) -> View:
        """The form this person has in front of them."""

        def find() -> View | None:
            view = self.state.views.top(user)
            is_it = view and containing in view.seen and callback_id in (None, view.callback_id)
            return view if is_it else None

        return await self.state.changes.until(find, wanted=f"a form of {user}: {containing!r}", instead=self.told)

    async def home_of(self, user: str, *, containing: str = "") -> View:
        """The home tab of this person."""

        def find() -> View | None:
            view = self.state.views.homes.get(user)
            return view if view and containing in view.seen else None

        return await self.state.changes.until(find, wanted=f"a home tab of {user}: {containing!r}", instead=self.told)

    async def file_in(self, channel: str, *, named: str = "") -> File:
        """The newest file shared there."""

        def find() -> File | None:
            files = reversed(list(self.state.workspace.files.values()))
            return next((file for file in files if file.channel == channel and named in file.name), None)

        return await self.state.changes.until(find, wanted=f"a file {named!r} in {channel}", instead=self.told)

    def shown(self) -> list[JsonObject]:
        """Every version of every message, form and home tab there ever was, for checks of one's own."""
        messages = (message for message in self.state.workspace.messages if message.by_app)
        said = (version for message in messages for version in message.versions)
        return [*said, *(version for view in self.state.views.ever.values() for version in view.versions)]

    def calls_people(self) -> set[str]:
        """Ids of people and groups called in anything shown so far."""
        return {called for payload in self.shown() for called in mentions(payload)}

    def leads_to(self) -> set[str]:
        """Addresses in anything shown so far."""
        return {address for payload in self.shown() for address in links(payload)}

    def calls(self, method: str = "") -> list[Call]:
        """What the app asked of the Web API so far, of one method or of all."""
        return [call for call in self.state.calls if method in ("", call.method)]

    async def called(self, method: str, *, times: int = 1) -> list[Call]:
        """Waits until a method was called so often."""
        await self.until(lambda: len(self.calls(method)) >= times, wanted=f"{times} calls of {method}")
        return self.calls(method)

    def told(self) -> str:
        """All that happened, for the message of a failed test."""
        said = [f"{m.channel}{f' only to {m.only_to}' if m.only_to else ''}: {m.seen!r}" for m in self._last_messages()]
        forms = [f"form of {user}: {stack[-1].seen!r}" for user, stack in self.state.views.stacks.items() if stack]
        called = [f"{call.method} -> {str(call.answer)[:200]}" for call in self.state.calls[-10:]]
        return "\n".join(("There is:", *said, *forms, "Last calls:", *called, *self.complaints))

    def _last_messages(self) -> list[Message]:
        return [message for message in self.state.workspace.messages if not message.is_deleted][-10:]

    async def _deliver(self, delivery: Delivery) -> Receipt:
        receipt = await self._transport.deliver(delivery)
        if not receipt.is_ok and delivery.kind is Kind.EVENT:
            self.unacknowledged.append(delivery)
        return receipt

    async def start(self) -> None:
        """Begins to listen."""
        await self._server.start()

    async def stop(self) -> None:
        """Ends all connections."""
        await self.http.close()
        await self.socket.close()
        await self._server.stop()


@asynccontextmanager
async def fake_slack(application: Application | None = None, clock: Clock | None = None) -> AsyncIterator[FakeSlack]:
    """A running fake; afterwards there must be no complaint."""
    slack = FakeSlack(application, clock)
    await slack.start()
    try:
        yield slack
    finally:
        await slack.stop()
    assert not slack.complaints, "Slack would not accept:\n" + "\n".join(slack.complaints)


__all__ = ["Answer", "Application", "Clock", "FakeSlack", "Person", "fake_slack"]
