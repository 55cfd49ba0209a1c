"""Whose operations and events somebody may look at: their own, and approvers and admins at all."""

from typing import TYPE_CHECKING

from chatops.errors import OperationUnknown
from chatops.principal import Principal
from chatops.roles import Role
from tools import clean_text

if TYPE_CHECKING:
    # Declarations that are read for a help text need the rule, and no store.
    from chatops.operations.ledger import Ledger
    from chatops.operations.records import Operation

_ID_LIMIT = 40
SEE_ALL: tuple[Role, ...] = ("approver", "admin")


def sees_all(principal: Principal) -> bool:
    """Whether this person may look at what others do."""
    return bool(principal.roles & set(SEE_ALL))


def person_seen(principal: Principal) -> str | None:
    """The only person whose operations this one may look at; None where there is no such limit."""
    return None if sees_all(principal) else principal.person


async def find_visible(ledger: "Ledger", identifier: str, principal: Principal) -> "Operation":
    """The operation, for somebody who may look at it.

    Raises:
        OperationUnknown: there is none, or it is somebody else's: both look alike.

    """
    operation = await ledger.find(identifier)
    if operation is None or person_seen(principal) not in (None, operation.person):
        raise OperationUnknown(
            f"There is no operation {clean_text(identifier, limit=_ID_LIMIT, lines=False)!r}.",
            next_step="See chatops operations list.",
        )
    return operation
