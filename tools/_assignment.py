"""Phones and the user they are given to, or taken from."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import Field

from tools._endpoint import Batch, Body, Endpoint
from tools._model import Accepted
from tools._types import Targets, UserId

P = TypeVar("P", bound=Targets)


class AssignmentParams(Targets):
    """Phones and one user."""

    user_id: UserId = Field(description="User id")


def assignment_endpoint(call: str, body: Callable[[P], Body]) -> Endpoint[P, Accepted]:
    """A call that takes a user for each phone, and answers nothing."""
    return Endpoint(
        method="POST",
        path=f"/v1/instances/{call}",
        body=body,
        empty_answer=True,
        batch=Batch(per_call=100, one_region=True),
    )


def pairs(params: AssignmentParams) -> Body:
    """The body the API wants, with the same user for each phone."""
    return pairs_of([(params.user_id, phone) for phone in params.instance_ids])


def pairs_of(users_and_phones: Sequence[tuple[str, str]]) -> Body:
    """A user for each phone, as text even where the reference's example prints a number (conflict 11)."""
    return {"user_instances": [{"user_id": user, "instance_id": phone} for user, phone in users_and_phones]}
