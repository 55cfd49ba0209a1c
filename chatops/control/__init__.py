"""The service's own actions: one module each, declared like those of ``tools/``, over the service's own state.

They need no request to the cloud of their own. Nothing here says yes in a person's place: approving is not among them.
What answers them is imported when it is asked: a list of actions or a help text needs neither store nor client.
"""

from collections.abc import Mapping

from chatops.control._asked import Asked, Control
from tools import AnyAction, load_actions, together

__all__ = ["Asked", "Control", "every_action", "load_control"]


def load_control() -> Mapping[str, AnyAction]:
    """The service's own actions by name, in alphabetical order."""
    return load_actions(__name__)


def every_action() -> Mapping[str, AnyAction]:
    """All actions that are offered: those on phones, and the service's own."""
    return together(*load_actions().values(), *load_control().values())
