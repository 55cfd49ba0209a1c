"""Answers to requests that do not carry enough: what is missing, and where to get it (RFC 6750, RFC 9728)."""

from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from chatops.listening import PATH, Listening
from chatops.surfaces.mcp.auth.credential import READ, SCOPES

METADATA_PATH = f"/.well-known/oauth-protected-resource{PATH}"
_RETRY_SECONDS = "5"


@dataclass(frozen=True, kw_only=True)
class Challenges:
    """How this server asks for a token."""

    where: Listening

    def authenticate(self, why: str) -> Response:
        """401: there is no token (``why`` is empty), or it is not accepted."""
        if not why:
            told = "Send a token: Authorization: Bearer TOKEN. A personal one is made with: chatops token new"
            return self._answer(401, None, told, scope=READ)
        return self._answer(401, "invalid_token", f"The token is not accepted: {why}.", scope=READ)

    def step_up(self, needed: str) -> Response:
        """403: the token is good, and not good for this."""
        return self._answer(403, "insufficient_scope", f"This needs a token with the scope {needed}.", scope=needed)

    def unknown(self, told: str) -> Response:
        """403: no other token would help, the team file would."""
        return JSONResponse({"error": "unknown_person", "error_description": told}, status_code=403)

    def unavailable(self) -> Response:
        """503: nobody can say now whether the token is good."""
        told = "The identity provider's keys cannot be read just now. Try again."
        body = {"error": "temporarily_unavailable", "error_description": told}
        return JSONResponse(body, status_code=503, headers={"Retry-After": _RETRY_SECONDS})

    def metadata(self) -> dict[str, object] | None:
        """The document of RFC 9728, where there is an identity provider to name."""
        if self.where.issuer is None:
            return None
        return {
            "resource": f"{self.where.base}{PATH}",
            "authorization_servers": [self.where.issuer.url],
            "scopes_supported": [*SCOPES],
            "bearer_methods_supported": ["header"],
            "resource_name": "CloudDevice chatops",
        }

    def _answer(self, status: int, error: str | None, told: str, *, scope: str) -> Response:
        fields = {"error": error, "error_description": told if error else None, "scope": scope}
        if self.where.issuer is not None:
            fields["resource_metadata"] = f"{self.where.base}{METADATA_PATH}"
        said = ", ".join(f'{name}="{value}"' for name, value in fields.items() if value is not None)
        body = {"error": error or "unauthorized", "error_description": told}
        return JSONResponse(body, status_code=status, headers={"WWW-Authenticate": f"Bearer {said}"})
