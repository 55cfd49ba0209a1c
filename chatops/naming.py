"""Actions as people name them: by their name, as it is run, or by their word."""

from chatops.control import every_action
from tools import AnyAction


def action_named(given: str) -> AnyAction | None:
    """The action that somebody means, or None."""
    return next(
        (each for each in every_action().values() if given.replace("-", "_") == each.name or given == each.word), None
    )
