"""Who sends a request, and whether the service is open to that tenant at all."""

from collections.abc import Mapping

from chatops.simulator.errors import ApiError, GatewayError, RefusedError
from chatops.simulator.exchange import Incoming
from chatops.simulator.keys import Keys
from chatops.simulator.settings import Account
from chatops.simulator.tokens import Tokens


def authenticate(incoming: Incoming, tokens: Tokens, keys: Keys) -> Account:
    """The account behind a token or a signature.

    Raises:
        RefusedError: as `Keys.identify` and `Tokens.resolve` say; APIGW.0301 if there are no credentials, or two kinds.

    """
    match incoming.authentication:
        case "signature":
            return keys.identify(incoming.signed)
        case "token":
            return tokens.resolve(incoming.headers["x-auth-token"]).account
        case "both":
            raise RefusedError(GatewayError.AUTHENTICATION_WRONG, "both Authorization and X-Auth-Token were sent")
        case "none":
            raise RefusedError(GatewayError.AUTHENTICATION_WRONG, "neither X-Auth-Token nor Authorization was sent")


def admit(account: Account, headers: Mapping[str, str]) -> None:
    """Let in a tenant that may use the service.

    Raises:
        RefusedError: 0000, 0001, 0004, 1003, 1004, or 403 with 6002.

    """
    if not account.whitelisted:
        raise RefusedError(ApiError.NOT_WHITELISTED)
    if not account.subscribed:
        raise RefusedError(ApiError.NOT_SUBSCRIBED)
    if not account.permitted:
        raise RefusedError(ApiError.NO_PERMISSION)
    if account.needs_tenant_header and "x-tenant-id" not in headers:
        raise RefusedError(ApiError.TENANT_HEADER_MISSING)
    if headers.get("x-tenant-id", account.tenant_id) != account.tenant_id:
        raise RefusedError(ApiError.TENANT_UNKNOWN)
    if headers.get("x-project-id", account.project_id) != account.project_id:
        raise RefusedError(ApiError.PROJECT_UNKNOWN)
