"""Where chatops serve listens, and under which names it may be asked for."""

from dataclasses import dataclass

from chatops.addresses import bracketed, is_loopback, is_private, origin_of
from chatops.errors import ConfigurationError
from chatops.settings import Settings

PATH = "/mcp"
_LOCAL = ("127.0.0.1", "localhost", "[::1]")
_STANDARD_PORT = {"https": ":443", "http": ":80"}


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Who signs tokens, and for whom they have to be."""

    url: str
    audience: str


@dataclass(frozen=True, kw_only=True)
class Listening:
    """An address of this machine, and what it is called from outside. ``public`` is a scheme and a host."""

    host: str
    port: int
    public: str | None
    issuer: Issuer | None

    @property
    def base(self) -> str:
        """Scheme and host of the service as its clients know it."""
        return self.public or self.local

    @property
    def local(self) -> str:
        """The same on this machine."""
        return f"http://{bracketed(self.host)}:{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What may stand in a request's Host: a page of somebody else's, under a name that leads here, may not."""
        names = [f"{bracketed(self.host)}:{self.port}"]
        if is_loopback(self.host):
            names += [f"{each}:{self.port}" for each in _LOCAL]
        if self.public is not None:
            scheme, _, name = self.public.partition("://")
            names += [name, name + _STANDARD_PORT[scheme]] if ":" not in name.rpartition("]")[2] else [name]
        return tuple(dict.fromkeys(names))

    @property
    def origins(self) -> tuple[str, ...]:
        """Whose pages may call: our own, under every name we have; there are none yet."""
        return (self.base,) if self.public is not None else tuple(f"http://{each}" for each in self.hosts)


def listening(settings: Settings, port: int) -> Listening:
    """What the settings say, once the port is known.

    Raises:
        ConfigurationError: tokens would be sent in the clear, or a setting cannot be used.

    """
    public = origin_of("CHATOPS_PUBLIC_URL", settings.public_url) if settings.public_url else None
    where = Listening(host=settings.host, port=port, public=public, issuer=None)
    if not is_loopback(settings.host) and (public is None or not public.startswith("https://")):
        raise ConfigurationError(
            f"CHATOPS_HOST={settings.host} can be reached from other machines, and nothing says who encrypts.",
            next_step="Let whatever terminates TLS in front say so, with CHATOPS_PUBLIC_URL=https://HOST; "
            "or listen on 127.0.0.1.",
        )
    return Listening(host=settings.host, port=port, public=public, issuer=_issuer(settings, f"{where.base}{PATH}"))


def _issuer(settings: Settings, resource: str) -> Issuer | None:
    if settings.oidc_issuer is None:
        if settings.oidc_audience is not None:
            raise ConfigurationError(
                "CHATOPS_OIDC_AUDIENCE is set without CHATOPS_OIDC_ISSUER.", next_step="Set both, or neither."
            )
        return None
    if not is_private(settings.oidc_issuer):
        raise ConfigurationError(
            "CHATOPS_OIDC_ISSUER must begin with https://; http:// is for this machine only.",
            next_step="Write it as the issuer writes itself in its tokens.",
        )
    return Issuer(url=settings.oidc_issuer, audience=settings.oidc_audience or resource)
