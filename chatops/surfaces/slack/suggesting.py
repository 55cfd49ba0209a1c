"""Options for a field that is chosen from what is known: answered at once, over any number of phones."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from chatops.surfaces.slack import limits
from chatops.surfaces.slack.blocks import option
from chatops.surfaces.slack.message import Block
from tools import Instance, clean_text

Known = Sequence[tuple[str, str, str]]
"""Labels in small letters, to search in; labels as they are shown; values."""


def known_of(phones: Sequence[Instance]) -> Mapping[str, Known]:
    """What can be chosen, by source; made once for each snapshot."""
    regions = sorted({each.region for each in phones if each.region})
    users = sorted({each.assign_user for each in phones if each.assign_user})
    return {
        "phones": _known((_label(each), each.instance_id) for each in phones),
        "regions": _known((each, each) for each in regions),
        "users": _known((each, each) for each in users),
    }


def suggest(known: Known, typed: str) -> list[Block]:
    """At most 100 options that contain what was typed; the words themselves last, as not everything is known."""
    text = clean_text(typed, limit=limits.OPTION_VALUE, lines=False).strip()
    wanted = text.lower()
    matching = ((label, value) for small, label, value in known if wanted in small)
    found = list(islice(matching, limits.OPTIONS - 1))
    if text and all(value != text for _, value in found):
        found.append((text, text))
    return [option(label, value) for label, value in found]


def _known(pairs: Iterable[tuple[str, str]]) -> Known:
    return [(label.lower(), label, value) for label, value in pairs if 0 < len(value) <= limits.OPTION_VALUE]


def _label(phone: Instance) -> str:
    return " · ".join(each for each in (phone.instance_id, phone.instance_name, phone.region) if each)
