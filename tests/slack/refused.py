"""How Slack refuses a call."""

from typing import Any


class Refused(Exception):
    """``ok: false`` with the error's name, and whatever else the answer carries."""

    def __init__(self, error: str, **more: Any) -> None:  # noqa: ANN401  # JSON of any shape
        super().__init__(error)
        self.error = error
        self.more = more
