"""Other orders beside one whose answer was lost: what they have brought, and whether anybody can tell them apart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import JsonValue
from sqlalchemy import Connection, select

from chatops.operations.answers import ordered_by
from chatops.operations.ledger import requests_of
from chatops.operations.records import Operation, operation_of
from chatops.store.schema import operations


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """``named`` are the phones that their answers name; ``close`` says that one was begun at about the same time."""

    named: frozenset[str]
    close: bool


def rivals_of(connection: Connection, operation: Operation, alike: tuple[str, ...], within: timedelta) -> Rivals:
    """The orders that have the same ``alike`` params as this one.

    Close are those begun since, and so long before that what they bring may still be coming.
    """
    others = connection.execute(
        select(operations).where(
            operations.c.action == operation.action,
            operations.c.id != operation.id,
            operations.c.consumed_at.is_not(None),
        )
    )
    known = [each for each in map(operation_of, others.all()) if _same(each.params, operation.params, alike)]
    begun = (operation.consumed_at or operation.asked_at) - within.total_seconds()
    whole = [replace(each, requests=requests_of(connection, each.id)) for each in known]
    return Rivals(
        named=frozenset(phone for each in whole for phone in ordered_by(each)),
        close=any((each.consumed_at or 0) >= begun for each in known),
    )


def _same(one: Mapping[str, JsonValue], other: Mapping[str, JsonValue], alike: tuple[str, ...]) -> bool:
    return all(one.get(each) == other.get(each) for each in alike)
