"""The CloudDevice API, as the rest of the product sees it: read with a reader, change with a grant."""

from chatops.cloud.answer import Answer
from chatops.cloud.client import CloudClient, CloudReader, open_client
from chatops.cloud.grant import Grant
from chatops.cloud.settings import AccessKey, ClientSettings, Password

__all__ = [
    "AccessKey",
    "Answer",
    "ClientSettings",
    "CloudClient",
    "CloudReader",
    "Grant",
    "Password",
    "open_client",
]
