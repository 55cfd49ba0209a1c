"""What does not fit on a card, as files in its thread."""

import csv
import io
import logging
from collections.abc import Iterator
from dataclasses import replace

from chatops.errors import ChatopsError, SlackRejected
from chatops.operations.records import Operation
from chatops.surfaces.slack.drawing import inert
from chatops.surfaces.slack.flows.depicting import APPROVAL, ASKED, FILE, message_about
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.messages import OVER, Posted
from chatops.surfaces.slack.uploading import upload

_LOG = logging.getLogger(__name__)
_ON_THE_CARD = 10


async def list_phones(office: Office, operation: Operation) -> bool:
    """Put all phones into the thread of the card, where the card has the first ones only."""
    if operation.count <= _ON_THE_CARD:
        return True
    posted = await office.desk.messages.of_operation(operation.id)
    card = next((each for kind in (APPROVAL, ASKED) for each in posted if each.kind == kind and each.ts), None)
    if card is None:
        return True
    return await put_file(office, operation, card, "phones", _phones(operation))


async def put_file(office: Office, operation: Operation, card: Posted, name: str, content: str) -> bool:
    """Put a file into the thread of a card, once; False where that may not have been done."""
    new = message_about(office, operation, FILE, card.channel, of=name, thread=card.thread or card.ts)
    new = replace(new, version=OVER)
    messages = office.desk.messages
    try:
        found = await messages.claim(new)
        if found is None:
            file = f"{operation.id}-{name}.csv"
            placed = await upload(
                office.desk.web, file, content.encode(), title=file, channel=new.channel, thread=new.thread or ""
            )
            await messages.place(new, new.channel, placed)
    except ChatopsError as error:
        _LOG.warning("the %s of %s are not there: %s", name, operation.id, error.message)
        if isinstance(error, SlackRejected):
            await messages.release(new)
        return False
    return found is None or found.ts is not None


def _phones(operation: Operation) -> str:
    named = operation.plan.get("targets")
    names = {str(each["instance_id"]): each.get("name") for each in _rows(named)}
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(("phone", "name", "region", "state", "assigned to", "in use"))
    for each in _rows(operation.plan.get("facts")):
        phone = str(each["instance_id"])
        row = (phone, names.get(phone), each.get("region"), each.get("state"), each.get("assignee"))
        writer.writerow([*(inert(str(cell or "")) for cell in row), "yes" if each.get("in_use") else "no"])
    return written.getvalue()


def _rows(value: object) -> Iterator[dict[str, object]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))
