"""Transactions: one function is one transaction, in a worker thread, whole or not at all."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import anyio
from sqlalchemy import Connection, Engine

from chatops.store.clock import WRITES
from chatops.store.keys import Keyring

READERS = 4

P = ParamSpec("P")
T = TypeVar("T")


class Backend(Protocol):
    """What is particular to one kind of database."""

    def check_in_place(self) -> None:
        """Raise StoreUnavailable when the database is no longer the one that was opened."""

    def explained(self) -> AbstractContextManager[None]:
        """Turns the database's errors into StoreUnavailable."""


class Database:
    """An open store. Made by ``open_database``; used by one event loop at a time."""

    def __init__(self, *, engine: Engine, backend: Backend, keyring: Keyring, id: str) -> None:  # noqa: A002  # its id
        self.keyring = keyring
        self.id = id
        self._engine = engine
        self._backend = backend
        self._writing = engine.execution_options(**{WRITES: True})
        self._reading = engine.execution_options(postgresql_readonly=True)
        # One writer at a time can commit anyway; waiting here is fair, waiting in the database is not.
        self._writer = anyio.CapacityLimiter(1)
        self._readers = anyio.CapacityLimiter(READERS)

    async def write(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the function as one transaction that may write; committed when this returns, undone when it raises.

        A cancellation waits for its end. The function must do nothing that cannot be undone, and no network.

        Raises:
            StoreUnavailable: the database cannot; nothing was kept.

        """
        return await anyio.to_thread.run_sync(
            self._transact,
            self._writing,
            lambda connection: function(connection, *args, **kwargs),
            limiter=self._writer,
        )

    async def read(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the function as one transaction that cannot write, on one unchanging view of the store.

        Raises:
            StoreUnavailable: the database cannot.

        """
        return await anyio.to_thread.run_sync(
            self._transact,
            self._reading,
            lambda connection: function(connection, *args, **kwargs),
            limiter=self._readers,
        )

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _transact(self, engine: Engine, function: Callable[[Connection], T]) -> T:
        with self._backend.explained():
            self._backend.check_in_place()
            with engine.begin() as connection:
                result = function(connection)
                # Once more, as late as can be: what is committed into a removed file is lost without a word.
                self._backend.check_in_place()
            return result
