"""What the policy answers. ``rules`` are ids of the rules that decided, ``sentence`` is for a person."""

from dataclasses import dataclass

from chatops.roles import Role


@dataclass(frozen=True, kw_only=True)
class Allow:
    """It may go on as it is."""

    rules: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class NeedsConfirmation:
    """The same person has to say that they mean it; ``typed``, by typing the number of phones or the id of the one."""

    rules: tuple[str, ...]
    sentence: str
    typed: bool


@dataclass(frozen=True, kw_only=True)
class NeedsApproval:
    """Another person who has all of these roles has to say yes."""

    rules: tuple[str, ...]
    sentence: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, kw_only=True)
class Deny:
    """It may not happen, whoever says yes."""

    rules: tuple[str, ...]
    sentence: str


Decision = Allow | NeedsConfirmation | NeedsApproval | Deny
