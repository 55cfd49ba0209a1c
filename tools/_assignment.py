"""Phones and the user they are given to, or taken from."""

from pydantic import Field

from tools._endpoint import Body
from tools._types import Targets, UserId


class AssignmentParams(Targets):
    """Phones and one user."""

    user_id: UserId = Field(description="User id")


def pairs(params: AssignmentParams) -> Body:
    """The body the API wants: a user for each phone, as text even where its example prints a number (conflict 11)."""
    return {
        "user_instances": [{"user_id": params.user_id, "instance_id": phone} for phone in params.instance_ids],
    }
