"""Actions as people name them: by their name, as it is run, or by their word."""

from tools import AnyAction, load_actions


def action_named(given: str) -> AnyAction | None:
    """The action that somebody means, or None."""
    return next(
        (each for each in load_actions().values() if given.replace("-", "_") == each.name or given == each.word), None
    )
