"""Every environment variable, once, typed. No ``.env`` file is read."""

import difflib
import os
import re
from pathlib import Path
from typing import Annotated

from platformdirs import PlatformDirs
from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from chatops.errors import ConfigurationError
from chatops.mistakes import mistake

PREFIX = "CHATOPS_"
_FOLDERS = PlatformDirs("chatops", appauthor=False)
_ADDRESS = re.compile(r"https?://[^\s?#]+")
_URL = re.compile(r"[a-z][a-z0-9+]*://.+")
_Rate = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
_AtOnce = Annotated[int, Field(ge=1, le=256)]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise PydanticCustomError("address", "this is no address; write one such as https://host")
    return text


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        raise PydanticCustomError("url", "this is no URL of a store; write sqlite:////absolute/path/chatops.db")
    return text


_Address = Annotated[str, AfterValidator(_address)]
_Url = Annotated[str, AfterValidator(_url)]


def _absolute(path: Path) -> Path:
    """The path, with a leading ~ resolved, as a shell does not where it stands in a service's configuration."""
    try:
        resolved = path.expanduser()
    except RuntimeError:
        resolved = path
    if not resolved.is_absolute():
        raise PydanticCustomError(
            "path_relative", "this path would be another one in each folder; write one that begins with / or ~/"
        )
    return resolved


_Place = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseSettings):
    """What the environment says; an empty variable says nothing. Secrets are never shown, not even in an error."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    cloud_endpoint: _Address = Field(
        default="https://koophone.myhuaweicloud.com", description="Where the CloudDevice API is; HTTPS, or loopback"
    )
    cloud_iam_endpoint: _Address = Field(
        default="https://iam.cn-north-4.myhuaweicloud.com", description="Where IAM is; HTTPS, or loopback"
    )
    cloud_access_key: _Text | None = Field(default=None, description="Access key id: requests are signed with it")
    cloud_secret_key: SecretStr | None = Field(default=None, description="Secret access key")
    cloud_security_token: SecretStr | None = Field(default=None, description="Token of a temporary access key")
    cloud_username: _Text | None = Field(default=None, description="IAM user, where there is no access key")
    cloud_password: SecretStr | None = Field(default=None, description="The IAM user's password")
    cloud_domain: _Text | None = Field(default=None, description="The account the IAM user belongs to")
    cloud_project: _Text = Field(default="cn-north-4", description="Project name, usually the region")
    cloud_project_id: _Text | None = Field(default=None, description="Project id, sent along when signing")
    cloud_tenant_id: _Text | None = Field(default=None, description="Sent as x-tenant-id, if the API asks for it")
    cloud_requests_per_second: _Rate = Field(
        default=10.0, description="How many requests a second one process sends; the vendor publishes no limit"
    )
    cloud_requests_at_once: _AtOnce = Field(default=8, description="How many requests of one process wait for answers")
    team_file: _Place = Field(
        default=_FOLDERS.user_config_path / "chatops.yaml", description="People and their roles; see chatops init"
    )
    state_dir: _Place = Field(default=_FOLDERS.user_state_path, description="Where the store and its key are kept")
    database_url: _Url | None = Field(
        default=None, description="The store: sqlite:///FILE, by default in the state folder"
    )
    state_key: SecretStr | None = Field(
        default=None, description="Master key of the store, 32 characters or more; by default a file beside it"
    )
    policy_dir: _Place | None = Field(
        default=None, description="A folder with .cedar files that are added to the policy"
    )
    host: _Text = Field(default="127.0.0.1", description="Where chatops serve listens: an address of this machine")
    port: int = Field(default=8765, ge=0, le=65_535, description="The port of chatops serve; 0 takes any free one")
    public_url: _Address | None = Field(
        default=None,
        description="Where the world sees chatops serve, https://HOST: whatever listens there terminates TLS",
    )
    oidc_issuer: _Address | None = Field(
        default=None, description="Who signs the bearer tokens of MCP over HTTP; HTTPS, or loopback"
    )
    oidc_audience: _Text | None = Field(
        default=None, description="For whom those tokens are, by default the public URL and /mcp"
    )
    slack_bot_token: SecretStr | None = Field(default=None, description="Slack: the app's bot token, xoxb-...")
    slack_app_token: SecretStr | None = Field(
        default=None, description="Slack: the app's own token, xapp-...; with it requests come over Socket Mode"
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="Slack: signs requests that come over HTTP, to /slack/events"
    )
    slack_api_url: _Address = Field(
        default="https://slack.com/api/", description="Slack: where its Web API is; HTTPS, or loopback"
    )
    slack_command: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9_-]{1,31}$")] = Field(
        default="/phone", description="Slack: the name of the slash command"
    )
    as_: _Text | None = Field(
        default=None,
        validation_alias="CHATOPS_AS",
        description="The person, only where the team file says terminal: {trust: environment}",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # pydantic-settings passes them all by name
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # see above
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # see above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # see above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment only: a file in the current folder must not change who we are."""
        return (env_settings,)

    @property
    def store_url(self) -> str:
        """Where the store is."""
        return self.database_url or f"sqlite:///{self.state_dir.absolute() / 'chatops.db'}"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.rstrip("_").upper()


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        ConfigurationError: a variable is unknown or has an unusable value; the message names it, never its value.

    """
    known = {variable(name) for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known and os.environ[name]:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(sorted(known))}."
            raise ConfigurationError(f"There is no setting {name}.", next_step=hint)
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        name = variable(str(problem["loc"][0]).removeprefix(PREFIX)) if problem["loc"] else PREFIX
        raise ConfigurationError(f"{name}: {mistake(problem)}.", next_step=_advice(name)) from None


def _advice(name: str) -> str:
    field = next((each for key, each in Settings.model_fields.items() if variable(key) == name), None)
    return f"{name} is: {field.description}." if field and field.description else f"Correct {name}."
