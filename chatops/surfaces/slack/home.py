"""The App Home: what waits for this person, what they did, and how the fleet is."""

from dataclasses import dataclass

from chatops.operations.records import Operation
from chatops.surfaces.slack import blocks, limits
from chatops.surfaces.slack.cards import MARKS, SHOW, Held
from chatops.surfaces.slack.escaping import line
from chatops.surfaces.slack.message import Block, View
from tools import phones

_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Home:
    """What the home shows; ``words`` are those of the actions that this person may ask for."""

    waiting: tuple[Operation, ...]
    recent: tuple[Operation, ...]
    words: tuple[str, ...]
    fleet: tuple[tuple[str, str], ...]
    freezes: tuple[str, ...] = ()
    chart_file: str | None = None
    chart_text: str = ""


def home_view(home: Home) -> View:
    """The view for ``views.publish``; the chart is an uploaded file by its id, with its text."""
    shown = [blocks.paragraph(f"🧊 Frozen: {line(each, 500)}") for each in home.freezes[:_SHOWN]]
    shown += [blocks.header("Waits for you"), *_listed(home.waiting, "Nothing waits for you.", "waiting")]
    shown += [blocks.header("Your operations"), *_listed(home.recent, "None yet.", "recent")]
    shown += [blocks.header("Fleet")]
    shown += [blocks.named([(name, blocks.span(value)) for name, value in home.fleet[:_SHOWN]])] if home.fleet else []
    if home.chart_file is not None:
        alt = line(home.chart_text, limits.IMAGE_ALT)
        shown.append({"type": "image", "slack_file": {"id": home.chart_file}, "alt_text": alt})
    shown += [blocks.header("You may"), blocks.paragraph(", ".join(home.words) or "Nothing here.")]
    return {"type": "home", "blocks": [*shown]}


def _listed(operations: tuple[Operation, ...], none: str, place: str) -> list[Block]:
    if not operations:
        return [blocks.paragraph(none)]
    shown = [_item(each, place) for each in operations[:_SHOWN]]
    left = len(operations) - len(shown)
    return [*shown, *([blocks.small(f"And {left} more.")] if left else [])]


def _item(operation: Operation, place: str) -> Block:
    said = f"{MARKS[operation.state]}: {operation.action}, {phones(operation.count)}, asked by {operation.person}"
    value = Held(operation=operation.id, digest=operation.digest).text
    section = blocks.paragraph(said)
    return {**section, "block_id": f"{place}:{operation.id}", "accessory": blocks.button("Details", SHOW, value)}
