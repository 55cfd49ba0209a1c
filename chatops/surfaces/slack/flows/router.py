"""Everything that comes in, to the flow that answers it; people are told what went wrong."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from chatops.errors import ChatopsError, InternalError, PersonUnknown
from chatops.principal import Principal, Surface
from chatops.surfaces.slack import forms
from chatops.surfaces.slack.flows import filling, shortcuts
from chatops.surfaces.slack.flows.commands import Commands
from chatops.surfaces.slack.flows.filling import Sharing, Submitting
from chatops.surfaces.slack.flows.offering import OPEN_FORM
from chatops.surfaces.slack.flows.office import Checking, Flow, Office, Place
from chatops.surfaces.slack.flows.places import action_of, name_of, place_of
from chatops.surfaces.slack.flows.routes import Routes
from chatops.surfaces.slack.flows.running import SHARE
from chatops.surfaces.slack.flows.suggestions import Suggestions
from chatops.surfaces.slack.flows.telling import error_message, whisper
from chatops.surfaces.slack.handler import Begin, Checked, Option, TakenOver
from chatops.surfaces.slack.manifest import SHORTCUT
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.received import Kind, Received

_MENTIONED, _HOME = "app_mention", "app_home_opened"
_PRESSED = frozenset({Kind.CLICK, Kind.SUBMISSION, Kind.SHORTCUT})
_LOG = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Router:
    """The handler of this door."""

    office: Office
    routes: Routes
    suggestions: Suggestions = field(default_factory=Suggestions)

    async def handle(self, received: Received, begin: Begin) -> None:
        """Find out who it is, and let the flow answer it."""
        flow = self._flow(received)
        if flow is None:
            await self._unanswered(received)
            return
        try:
            principal = await self._who(received)
            if principal is not None:
                await flow(self.office, received, principal, begin)
        except TakenOver:
            raise
        except ChatopsError as error:
            _LOG.info("a %s was answered with %s", received.kind, error.code)
            await self._tell(place_of(received), error_message(error))
        except Exception:  # noqa: BLE001  # whatever it is, whoever asked must know that it has not gone well
            await self._tell(place_of(received), error_message(self._fault(received)))

    async def _unanswered(self, received: Received) -> None:
        """Nothing that somebody presses is swallowed; but links go where they lead, and forms may be closed."""
        if received.kind in _PRESSED and not action_of(received).get("url"):
            _LOG.warning("nothing answers a %s named %r", received.kind, name_of(received)[:40])
            await self._tell(place_of(received), error_message(filling.unknown_form()))

    async def interrupted(self, received: Received) -> None:
        """Say that nobody knows how far it came."""
        said = (
            "The program was ended while it did what you have asked for. What was begun goes on or is looked into; "
            f"nothing is done twice. See what became of it: {self.office.command} operations"
        )
        await self._tell(place_of(received), Message(text=said))

    async def missed(self, received: Received) -> None:
        """Say that it was not done."""
        if received.kind is Kind.EVENT and name_of(received) != _MENTIONED:
            return
        await self._tell(
            place_of(received), Message(text="What you have asked for came in and was not done. Please ask again.")
        )

    async def validate(self, submission: Received) -> Checked:
        """Mistakes in a form. Who is not known is told so when it is handled, which is when nothing happens."""
        check = self._checks.get(name_of(submission))
        if check is None:
            return {}
        try:
            principal = await self.office.desk.directory.principal(
                submission.team, submission.user, submission.user_team
            )
            return await check(self.office, submission, principal)
        except PersonUnknown:
            return {}
        except ChatopsError:
            raise
        except Exception as error:
            raise self._fault(submission) from error

    async def suggest(self, request: Received) -> Sequence[Option]:
        """Options of a field; none for who is not known."""
        directory = self.office.desk.directory
        try:
            principal = await directory.principal(request.team, request.user, request.user_team)
            return await self.suggestions.options(self.office, request, principal)
        except PersonUnknown:
            return ()
        except ChatopsError:
            raise
        except Exception as error:
            raise self._fault(request) from error

    async def _who(self, received: Received) -> Principal | None:
        """Who it is. Somebody who is not known is written down, and told; then there is nobody."""
        is_fresh = name_of(received) in self.routes.fresh
        try:
            return await self.office.desk.directory.principal(
                received.team, received.user, received.user_team, fresh=is_fresh
            )
        except PersonUnknown as stranger:
            await self.office.service.executor.turn_away(stranger, Surface.SLACK)
            if name_of(received) != _HOME:
                await self._tell(place_of(received), error_message(stranger))
            return None

    def _flow(self, received: Received) -> Flow | None:
        if received.kind is Kind.COMMAND:
            return self._events[_MENTIONED]
        tables: Mapping[Kind, Mapping[str, Flow]] = {
            Kind.CLICK: self._clicks,
            Kind.SUBMISSION: self._forms,
            Kind.SHORTCUT: {SHORTCUT: shortcuts.offer},
            Kind.EVENT: self._events,
        }
        return tables.get(received.kind, {}).get(name_of(received))

    @cached_property
    def _events(self) -> Mapping[str, Flow]:
        return {_MENTIONED: Commands(routes=self.routes), _HOME: self.routes.home}

    @cached_property
    def _clicks(self) -> Mapping[str, Flow]:
        own: Mapping[str, Flow] = {
            SHARE: Sharing(routes=self.routes),
            OPEN_FORM: filling.opened,
            shortcuts.CHOOSE: shortcuts.chosen,
        }
        return {**self.routes.clicks, **own}

    @cached_property
    def _forms(self) -> Mapping[str, Flow]:
        return {**self.routes.forms, forms.CALLBACK: Submitting(routes=self.routes)}

    @cached_property
    def _checks(self) -> Mapping[str, Checking]:
        return {**self.routes.checks, forms.CALLBACK: filling.check}

    def _fault(self, received: Received) -> InternalError:
        """A fault of ours: the id under which the log has it."""
        incident = self.office.service.executor.new_id()
        _LOG.exception("%s: a %s has ended with an error", incident, received.kind)
        return InternalError(
            f"This ended with an error inside chatops, {incident} in its log.",
            next_step=f"See what became of it with {self.office.command} operations before you ask again, and tell "
            "whoever runs chatops.",
        )

    async def _tell(self, place: Place, message: Message) -> None:
        if not place.user:
            return
        try:
            await whisper(self.office, place, message)
        except ChatopsError as error:
            _LOG.warning("somebody could not be told: %s", error.message)
