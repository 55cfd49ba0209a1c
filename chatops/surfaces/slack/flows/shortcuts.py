"""The shortcut of a message: choose an action, and what the message names is filled into its form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import JsonValue, TypeAdapter, ValidationError

from chatops.parameters import parameters_of
from chatops.principal import Principal
from chatops.surfaces.slack import blocks, limits
from chatops.surfaces.slack.flows.filling import unknown_form
from chatops.surfaces.slack.flows.offering import filled_form
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.flows.places import action_of, part, place_of, view_of
from chatops.surfaces.slack.flows.suggestions import looked, may_see_phones, warm
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.message import View
from chatops.surfaces.slack.received import Received
from chatops.surfaces.slack.tokens import cleaned
from tools import AnyAction, is_instance_id

CHOOSE = "choose_action"
"""The menu of actions, and the form that it stands in."""
_WORD = re.compile(r"[A-Za-z0-9_-]{4,32}")
_WORDS = 80
_PHONES = 20


@dataclass(frozen=True, kw_only=True)
class _About:
    """What the form carries: where the message stands, and words of it that may name something."""

    channel: str
    thread: str
    response_url: str
    words: tuple[str, ...]

    @classmethod
    def read(cls, text: object) -> Self | None:
        try:
            return TypeAdapter(cls).validate_json(text) if isinstance(text, str) else None
        except ValidationError:
            return None


async def offer(office: Office, received: Received, principal: Principal, begin: Begin) -> None:  # noqa: ARG001  # the shape
    """Open a form in which an action is chosen."""
    actions = office.service.executor.offered(principal)
    place = place_of(received)
    words = _WORD.findall(cleaned(str(part(received.payload, "message").get("text") or "")))
    about = _About(
        channel=place.channel,
        thread=place.thread or str(part(received.payload, "message").get("ts") or ""),
        response_url=place.response_url,
        words=tuple(dict.fromkeys(each for each in words if is_instance_id(each)))[:_WORDS],
    )
    await office.desk.web.ask("views.open", trigger_id=received.trigger, view=_choice(actions, about))
    await warm(office, principal)


async def chosen(office: Office, received: Received, principal: Principal, begin: Begin) -> None:  # noqa: ARG001  # the shape
    """Make the form that of the chosen action, filled with what the message names."""
    view = view_of(received)
    about = _About.read(view.get("private_metadata"))
    option = action_of(received).get("selected_option")
    name = str(option.get("value") or "") if isinstance(option, Mapping) else ""
    action = next((each for each in office.service.executor.offered(principal) if each.name == name), None)
    if about is None or action is None:
        raise unknown_form()
    place = Place(channel=about.channel, user=received.user, thread=about.thread, response_url=about.response_url)
    phones = await _phones(office, about.words) if may_see_phones(office, principal) else []
    await office.desk.web.ask(
        "views.update", view_id=str(view.get("id") or ""), view=filled_form(place, action, _given(action, phones))
    )


async def _phones(office: Office, words: tuple[str, ...]) -> list[str]:
    """Those words that are phones, by id or by name."""
    if not words or (snapshot := await looked(office)) is None:
        return []
    wanted = set(words)
    return [each.instance_id for each in snapshot.phones if wanted & {each.instance_id, each.instance_name}][:_PHONES]


def _given(action: AnyAction, phones: list[str]) -> dict[str, JsonValue]:
    names = {each.name for each in parameters_of(action)}
    if not phones:
        return {}
    several: dict[str, JsonValue] = {"instance_ids": [*phones]} if "instance_ids" in names else {}
    return several or ({"instance_id": phones[0]} if "instance_id" in names else {})


def _choice(actions: tuple[AnyAction, ...], about: _About) -> View:
    options: list[JsonValue] = [blocks.option(each.title, each.name) for each in actions[: limits.OPTIONS]]
    if not options:
        said = "You may do nothing here. The team file says who may do what."
        return blocks.modal(CHOOSE, "Run an action", [blocks.paragraph(said)], submit=None)
    menu: dict[str, JsonValue] = {
        "type": "static_select",
        "action_id": CHOOSE,
        "placeholder": blocks.plain("Choose an action", limits.PLACEHOLDER),
        "options": options,
    }
    metadata = TypeAdapter(_About).dump_json(about).decode()
    shown = [blocks.paragraph("What shall be done about this message?"), blocks.actions(CHOOSE, menu)]
    return blocks.modal(CHOOSE, "Run an action", shown, submit=None, metadata=metadata)
