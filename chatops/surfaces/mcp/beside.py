"""Another door in the same process, at an address of its own."""

from typing import Protocol

from starlette.types import Receive, Scope, Send


class Beside(Protocol):
    """Answers requests at its path, says how it is, and ends when the process does."""

    @property
    def name(self) -> str:
        """What it is called where the state of the service is told."""

    @property
    def path(self) -> str:
        """Where it answers POST requests."""

    @property
    def told(self) -> str:
        """One line that says where it is, for whoever has started the service."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

    def why_not(self) -> str:
        """A code that says why it cannot be used just now; empty if it can."""

    def end(self, *, at_once: bool) -> None:
        """Take nothing new. What is under way ends by itself, unless it has to be ``at_once``."""

    async def wait_ended(self) -> None:
        """Wait until nothing is under way any more."""
