"""Proof, inside the process, that a decision was made about exactly this call."""

import hashlib
import json
from dataclasses import dataclass
from typing import Self

from tools import OPEN, AnyAction, Params


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What the client takes before it changes anything; only the executor makes one.

    ``digest`` is the SHA-256 of the action's name and its canonical params, opened secrets included, so that a grant
    for one signed link is none for another. ``regions`` are those of the phones, None standing for an unknown one.
    """

    action: str
    digest: str
    principal: str
    regions: frozenset[str | None]

    @classmethod
    def covering(cls, action: AnyAction, params: Params, *, principal: str, regions: frozenset[str | None]) -> Self:
        """The grant for this action with these params, on behalf of this person, for phones of these regions."""
        return cls(action=action.name, digest=_digest(action, params), principal=principal, regions=regions)

    def covers(self, action: AnyAction, params: Params) -> bool:
        """Whether the decision was about exactly this."""
        return self.action == action.name and self.digest == _digest(action, params)


def _digest(action: AnyAction, params: Params) -> str:
    canonical = json.dumps(
        [action.name, type(params).__name__, params.model_dump(mode="json", context=OPEN)],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
        allow_nan=False,
    )
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
