"""Roles: named sets of permissions. A permission that stands in no role is nobody's."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Literal, get_args

from tools import AnyAction, Permission

Role = Literal["viewer", "operator", "approver", "admin"]
APPROVER: Role = "approver"
"""Who approves where no rule says who else."""

_EVERYBODY = frozenset({Permission("operations:read"), Permission("operations:cancel")})
"""What is one's own, whatever one's role is: everybody looks at it and takes it back."""
_VIEWER = _EVERYBODY | frozenset({Permission("instances:read"), Permission("tasks:read"), Permission("orders:read")})
_OPERATOR = _VIEWER | {
    Permission("tokens:issue"),
    Permission("instances:prepare"),
    Permission("instances:video"),
    Permission("instances:reboot"),
    Permission("instances:backup"),
    Permission("instances:assign"),
    Permission("commands:run"),
    Permission("apps:install"),
    Permission("instances:reset"),
    Permission("instances:unassign"),
    Permission("instances:delete"),
    Permission("orders:create"),
}

ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        "viewer": _VIEWER,
        "operator": _OPERATOR,
        # May approve what an operator asks; that is no permission to ask.
        "approver": _EVERYBODY,
        "admin": _EVERYBODY,
    }
)
ROLE_NAMES: tuple[Role, ...] = get_args(Role)


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """The permissions of all these roles together."""
    return frozenset[Permission]().union(*(ROLES[role] for role in roles))


def missing(action: AnyAction, permissions: Collection[str]) -> tuple[str, ...]:
    """The permissions that this action needs and that are not among these; one that is composed needs two."""
    return tuple(str(each) for each in action.permissions if each not in permissions)


def roles_with(permission: str) -> tuple[Role, ...]:
    """The roles that hold a permission."""
    return tuple(role for role in ROLE_NAMES if permission in ROLES[role])
