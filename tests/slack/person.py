"""People who use the app: the same calls, whichever way Slack reaches it."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.slack import JsonObject, payloads
from tests.slack.acknowledging import answer_action, answer_command, answer_submission, answer_suggestion, kind_of
from tests.slack.answers import Answer
from tests.slack.delivery import Delivery, Receipt
from tests.slack.filling import filled, missing, pressed
from tests.slack.reading import Placed, placed_in
from tests.slack.state import State
from tests.slack.views import View
from tests.slack.workspace import Channel, Message, User

Deliver = Callable[[Delivery], Awaitable[Receipt]]


class Person:
    """Somebody at their Slack client. What the client would not let them do is an ``AssertionError``."""

    def __init__(self, state: State, user: User, deliver: Deliver) -> None:
        self.user = user
        self._state = state
        self._deliver = deliver

    @property
    def id(self) -> str:
        return self.user.id

    def joins(self, channel: str) -> "Person":
        """Becomes a member; writing in a channel does the same."""
        self._channel(channel)
        return self

    async def types(self, command: str, text: str = "", *, channel: str = "C0OPS") -> Answer:
        """A slash command: ``types("/phone", "list region=cn-north-7")``."""
        place = self._channel(channel)
        delivery = self._new(payloads.command(self._state, self.user, place, command, text))
        receipt = await self._deliver(delivery)
        message = answer_command(self._state, delivery.payload, receipt)
        return Answer(delivery=delivery, receipt=receipt, message=message)

    def says(self, text: str, *, channel: str = "C0OPS", thread_ts: str | None = None) -> Message:
        """A message of their own, of which the app is told nothing."""
        ts, place = self._state.workspace.stamp(), self._channel(channel).id
        message = Message(channel=place, ts=ts, user=self.id, content={"text": text}, thread_ts=thread_ts)
        return self._state.workspace.post(message)

    async def mentions(self, text: str, *, channel: str = "C0OPS", thread_ts: str | None = None) -> Answer:
        """A message that names the app: ``mentions("status a44uhlf7", thread_ts=alert.ts)``."""
        bot = f"<@{self._state.application.bot_user}>"
        message = self.says(text if bot in text else f"{bot} {text}", channel=channel, thread_ts=thread_ts)
        return await self._told(payloads.app_mention(self._state, self.user, message))

    async def opens_home(self) -> Answer:
        """A look at the home tab of the app."""
        return await self._told(payloads.home_opened(self._state, self.user))

    async def uses_shortcut(self, callback_id: str, message: Message | None = None) -> Answer:
        """A shortcut of a message, or without one of the workspace."""
        if message is None:
            return await self._told(payloads.shortcut(self._state, self.user, callback_id))
        return await self._told(payloads.message_action(self._state, self.user, callback_id, message))

    async def presses(
        self,
        target: Message | View,
        action_id: str,
        *,
        chooses: Any = None,  # noqa: ANN401  # text, or several
        block_id: str | None = None,
        value: str | None = None,
        values: JsonObject | None = None,
        although_hidden: bool = False,
    ) -> Answer:
        """A button, or with ``chooses`` an option of a menu, in a message, a form or the home tab.

        ``block_id`` or ``value`` tell apart what has the same action id; ``values`` is what the form is filled with
        at that moment; ``although_hidden`` presses what Slack shows to others only.
        """
        placed = self._placed(target, action_id, block_id, value)
        visible = placed.element.get("visible_to_user_ids")
        assert although_hidden or not visible or self.id in visible, f"{self.id} does not see {action_id}"
        suggested = target.suggested
        action = pressed(placed, chooses, suggested.get(action_id, []))
        state = filled(target.blocks, values or {}, suggested)
        answer = await self._told(payloads.block_actions(self._state, self.user, target, action, state))
        answer_action(self._state, answer.receipt)
        return answer

    async def suggests(self, target: Message | View, action_id: str, text: str = "") -> Answer:
        """Letters typed into an external select; what comes back can be chosen afterwards."""
        placed = self._placed(target, action_id, None, None)
        assert "external" in placed.element["type"], f"{action_id} is a {placed.element['type']}"
        least = placed.element.get("min_query_length", 3)
        assert len(text) >= least, f"Slack asks for suggestions from {least} characters on"
        place = {"action_id": action_id, "block_id": placed.block_id}
        answer = await self._told(payloads.block_suggestion(self._state, self.user, target, place, text))
        answer_suggestion(self._state, answer.receipt, self.id)
        target.suggested.setdefault(action_id, []).extend(answer.options)
        return answer

    async def submits(self, view: View, values: JsonObject | None = None) -> Answer:
        """A form, filled in: ``submits(form, {"reason": "stuck"})``, named by action id or block id."""
        assert view.is_open, "the form is closed"
        assert self._state.views.top(self.id) is view, "another form lies on top of it"
        state = filled(view.blocks, values or {}, view.suggested)
        empty = missing(view.blocks, state)
        assert not empty, f"Slack would not send the form without {', '.join(empty)}"
        delivery = self._new(payloads.view_submission(self._state, self.user, view, state))
        receipt = await self._deliver(delivery)
        shown = answer_submission(self._state, view, receipt)
        return Answer(delivery=delivery, receipt=receipt, view=shown)

    async def closes(self, view: View) -> Answer | None:
        """A form, closed without sending it; the app hears of it if it asked to."""
        self._state.views.close(view)
        if not view.payload.get("notify_on_close"):
            return None
        return await self._told(payloads.view_closed(self._state, self.user, view))

    def deletes(self, message: Message) -> None:
        """A message goes; admins can delete those of apps."""
        self._state.workspace.delete(message)

    async def _told(self, payload: JsonObject) -> Answer:
        delivery = self._new(payload)
        return Answer(delivery=delivery, receipt=await self._deliver(delivery))

    def _new(self, payload: JsonObject) -> Delivery:
        return Delivery(kind=kind_of(payload), payload=payload)

    def _channel(self, identifier: str) -> Channel:
        """Where somebody writes they are a member."""
        channel = self._state.workspace.channel(identifier)
        channel.members.add(self.id)
        return channel

    def _placed(self, target: Message | View, action_id: str, block_id: str | None, value: str | None) -> Placed:
        """The one thing meant; it must be there, and the person must see where it is."""
        if isinstance(target, Message):
            assert not target.is_deleted, "the message was deleted"
            assert target.only_to in (None, self.id), f"only {target.only_to} sees this message"
        else:
            assert target.is_open, "the form is closed"
            assert target.user == self.id, f"only {target.user} sees this view"
        there = list(placed_in(target.blocks))
        found = [
            placed
            for placed in there
            if placed.action_id == action_id
            and (block_id is None or placed.block_id == block_id)
            and (value is None or placed.element.get("value") == value)
        ]
        names = [(placed.action_id, placed.element.get("value")) for placed in there]
        assert len(found) == 1, f"{len(found)} elements are {action_id}; here are {names} in:\n{target.seen}"
        return found[0]
