"""The digest of a plan: the same call by the same person on the same facts has the same one on every door."""

import hashlib
from collections.abc import Sequence

import rfc8785
from pydantic import JsonValue

from chatops.planning.plan import Target
from tools import OPEN, AnyAction, Params

VERSION = 1


def digest_of(*, account: str, action: AnyAction, params: Params, targets: Sequence[Target], person: str) -> str:
    """SHA-256 over canonical JSON (RFC 8785) of everything that must not change between consent and sending.

    The params are taken with their defaults and with their secrets, of which a digest tells nothing: another link is
    another plan.
    """
    content: dict[str, JsonValue] = {
        "version": VERSION,
        "account": account,
        "action": action.name,
        "params": params.model_dump(mode="json", context=OPEN, exclude={"instance_ids", "where"}),
        "targets": [target.material() for target in sorted(targets, key=lambda target: target.instance_id)],
        "person": person,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
