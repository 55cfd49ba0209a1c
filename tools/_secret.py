"""Values that open only when they are written for the wire, or for a person who asked to see them."""

import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, BaseModel, PlainSerializer, SecretStr, SerializationInfo, WithJsonSchema

OPEN = {"open_secrets": True}
"""The serialization context that opens secrets and leaves all else as it is: for sealing, and for ``--reveal``."""

WIRE = {**OPEN, "wire": True}
"""The serialization context of the cloud client: secrets are open, and values are spelt as the API wants them."""


def is_for_wire(info: SerializationInfo) -> bool:
    """Whether values are to be spelt as the API wants them."""
    return isinstance(info.context, dict) and info.context.get("wire") is True


_WRITABLE = re.compile(r"[!-~]{1,4096}")


class PackageLink(SecretStr):
    """A signed download link, of which only scheme, host and path may be seen."""

    def _display(self) -> str:
        parts = urlsplit(self.get_secret_value())
        query = "?[secret]" if parts.query or parts.fragment else ""
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}{query}"

    def expires(self) -> datetime | None:
        """When it stops: Expires in seconds since the epoch, or the date and the lifetime of a newer signature.

        None where the link does not say, or says what only its storage understands.
        """
        asked = parse_qsl(urlsplit(self.get_secret_value()).query)
        query = {name.lower().replace("x-obs-", "x-amz-"): value for name, value in asked}
        try:
            if "x-amz-expires" in query:
                signed = datetime.strptime(query["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                return signed + timedelta(seconds=int(query["x-amz-expires"]))
            return datetime.fromtimestamp(int(query["expires"]), UTC)
        except (KeyError, ValueError, OverflowError, OSError):
            return None


def _write(secret: SecretStr, info: SerializationInfo) -> str:
    if isinstance(info.context, dict) and info.context.get("open_secrets") is True:
        return secret.get_secret_value()
    return secret._display() if isinstance(secret, PackageLink) else "[secret]"  # noqa: SLF001  # its own class


def _as_it_came(secret: SecretStr) -> SecretStr:
    """A secret is handed on unchanged, so that one which would have to be cleaned first is refused."""
    if not _WRITABLE.fullmatch(secret.get_secret_value()):
        raise ValueError("a secret is 1 to 4,096 printable characters")
    return secret


Secret = Annotated[
    SecretStr,
    AfterValidator(_as_it_came),
    PlainSerializer(_write),
    WithJsonSchema({"type": "string", "x-secret": True}),
]
"""A secret in a result: "[secret]" wherever it is shown."""

SecretLink = Annotated[
    PackageLink,
    PlainSerializer(_write),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 2000, "x-secret": True}),
]
"""A signed link in a parameter: its query is never shown."""


@cache
def holds_secret(model: type[BaseModel]) -> bool:
    """Whether a secret may stand in one of these, however deep."""
    return '"x-secret": true' in json.dumps(model.model_json_schema())
