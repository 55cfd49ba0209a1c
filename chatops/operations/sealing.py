"""Params that must survive until somebody has said yes: sealed where they hold secrets."""

import json
from dataclasses import dataclass

from pydantic import JsonValue

from chatops.operations.records import Operation
from chatops.store import Keyring
from tools import OPEN, AnyAction, Params


@dataclass(frozen=True, kw_only=True)
class Sealing:
    """Seals and opens params."""

    keyring: Keyring

    def sealed(self, params: Params, identifier: str) -> str:
        """The params with their secrets, readable only with the key and only for this operation."""
        content = params.model_dump(mode="json", exclude_defaults=True, context=_PLAIN)
        return self.keyring.seal(json.dumps(content).encode(), bound_to=identifier)

    def params_of(self, operation: Operation, action: AnyAction) -> Params:
        """The params of an operation that has not settled.

        Raises:
            StoreUnavailable: they were changed, or sealed with another key.

        """
        params: Params = action.params.model_validate_json(self._opened(operation))
        return params

    def arguments_of(self, operation: Operation) -> dict[str, JsonValue]:
        """The same, as the arguments of a call.

        Raises:
            StoreUnavailable: they were changed, or sealed with another key.

        """
        arguments: dict[str, JsonValue] = json.loads(self._opened(operation))
        return arguments

    def _opened(self, operation: Operation) -> bytes:
        return self.keyring.open(operation.sealed or "", bound_to=operation.id)


_PLAIN: dict[str, JsonValue] = {**OPEN}


def masked(params: Params) -> dict[str, JsonValue]:
    """The params as anybody may see them."""
    return params.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
