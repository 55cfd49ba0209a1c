"""The composition root: the only module that builds collaborators."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import anyio

from chatops.audit import AuditEvent, Missed, Trail, Unwritten, open_trail
from chatops.building import Parts, open_service, sweeping
from chatops.cloud import AccessKey, ClientSettings, Password, open_client
from chatops.control import every_action
from chatops.deciding import ReadGuard
from chatops.errors import ConfigurationError, PersonUnknown, StoreUnavailable
from chatops.executor import Executor, stranger_event
from chatops.fleet import Fleet
from chatops.freezes import Freezes
from chatops.identity import local_principal
from chatops.operations.dispatch import Dispatch
from chatops.operations.ledger import Ledger
from chatops.people import People
from chatops.pickups import Pickups
from chatops.planning.planner import Planner
from chatops.policy import PolicyEngine, PolicyHolder, check_owned, load_policy
from chatops.principal import Assistant, Principal, Surface
from chatops.reading import Reading
from chatops.reloading import reload, reloading
from chatops.service import Records, Service
from chatops.settings import Settings, load_settings
from chatops.slack_app import slack_app_of
from chatops.store import Database, open_database
from chatops.team import Team, load_team


@dataclass(kw_only=True)
class Configuration:
    """Settings and team, read and checked. A reload replaces the team.

    Where it is served to others, files that say who may do what are not used if others may write them.
    """

    settings: Settings
    team: Team
    serving: bool = False

    def principal(self, surface: Surface, assistant: Assistant | None = None) -> Principal:
        """Who is at this door.

        Raises:
            ConfigurationError: nobody the team file knows.

        """
        return local_principal(self.settings, self.team, surface, assistant)


def load_configuration(*, serving: bool = False) -> Configuration:
    """Settings of the environment and the team file they name; ``serving`` them to others is more than using them.

    Raises:
        ConfigurationError: one of them cannot be used.

    """
    settings = load_settings()
    slack_app_of(settings)
    return Configuration(settings=settings, team=load_team(settings.team_file), serving=serving)


async def admitted(configuration: Configuration, surface: Surface) -> Principal:
    """Who is at this door. Whoever is turned away is in the audit, as far as there is one.

    Raises:
        ConfigurationError: nobody the team file knows.

    """
    try:
        return configuration.principal(surface)
    except PersonUnknown as stranger:
        await write_down(configuration, stranger_event(stranger, surface))
        raise


async def write_down(configuration: Configuration, event: AuditEvent) -> None:
    """Add an event of which there is no call. Where it cannot be written, what happened has to be told all the same."""
    settings = configuration.settings
    missed = Missed(settings.state_dir)
    try:
        database = await anyio.to_thread.run_sync(
            partial(open_database, settings.store_url, state_key=settings.state_key, folder=settings.state_dir)
        )
    except (ConfigurationError, StoreUnavailable):
        missed.add(1)
        return
    try:
        await Trail(database, missed).note(event)
    finally:
        database.close()


@asynccontextmanager
async def open_app(configuration: Configuration, policy: PolicyHolder | None = None) -> AsyncIterator[Service]:
    """The service, with everything it works with, until the block ends. Without ``policy`` the configured one decides.

    Raises:
        ConfigurationError: there are no credentials, or an address, the store or the policy cannot be used.
        StoreUnavailable: the store cannot be opened just now.

    """
    settings = configuration.settings
    policy = policy or PolicyHolder(partial(_policy_of, configuration))
    database = await anyio.to_thread.run_sync(
        partial(open_database, settings.store_url, state_key=settings.state_key, folder=settings.state_dir)
    )
    try:
        async with open_client(client_settings(settings)) as client, _trail(settings, database) as trail:
            parts = Parts(
                client=client,
                database=database,
                trail=trail,
                policy=policy,
                renew=partial(reload, policy, trail, partial(_take_team, configuration, policy), news_only=True),
                account=f"{settings.cloud_endpoint} {settings.cloud_project_id or settings.cloud_project}",
                new_id=_new_id,
                slack=slack_app_of(settings) is not None,
            )
            async with open_service(parts) as service:
                yield service
    finally:
        database.close()


@asynccontextmanager
async def open_records(configuration: Configuration) -> AsyncIterator[Records]:
    """The store and the policy, until the block ends. No credentials of the cloud are needed.

    Raises:
        ConfigurationError: the store or the policy cannot be used.
        StoreUnavailable: the store cannot be opened just now.

    """
    settings = configuration.settings
    policy = load_policy(settings.policy_dir, configuration.team, actions=every_action())
    database = await anyio.to_thread.run_sync(
        partial(open_database, settings.store_url, state_key=settings.state_key, folder=settings.state_dir)
    )
    try:
        async with _trail(settings, database) as trail:
            # Who looks into the audit finds the gap there.
            await trail.flush()
            ledger = Ledger(database=database, trail=trail)
            yield Records(
                ledger=ledger,
                dispatch=Dispatch(ledger=ledger, windows=lambda: policy.team.freeze),
                freezes=Freezes(database=database, trail=trail),
                people=People(policy=policy, slack=slack_app_of(settings) is not None),
                pickups=Pickups(database=database, trail=trail),
                database=database,
                trail=trail,
                policy=policy,
            )
    finally:
        database.close()


def _trail(settings: Settings, database: Database) -> AbstractAsyncContextManager[Trail]:
    """The way into the audit; it tells of what processes before could not write."""
    return open_trail(database, Missed(settings.state_dir))


@asynccontextmanager
async def open_executor(configuration: Configuration, *, reloads: bool = False) -> AsyncIterator[Executor]:
    """The executor of a service that lives as long as the block, and takes over what dead processes have left.

    With ``reloads``, SIGHUP reads team file and policy again; one that cannot be used changes nothing, and is told.
    """
    policy = PolicyHolder(partial(_policy_of, configuration))
    async with AsyncExitStack() as stack:
        try:
            service = await stack.enter_async_context(open_app(configuration, policy))
        except StoreUnavailable as error:
            why_not = _until_restart(error) if reloads else error
            executor = await stack.enter_async_context(_open_reader(configuration, policy, why_not))
        else:
            await stack.enter_async_context(sweeping(service.recovery))
            executor = service.executor
        if reloads:
            await stack.enter_async_context(
                reloading(policy, executor.trail, partial(_take_team, configuration, policy))
            )
        yield executor


@asynccontextmanager
async def open_lasting(configuration: Configuration) -> AsyncIterator[Service]:
    """The service as a process has it that serves many: it takes over what dead processes have left, and reloads.

    Raises:
        StoreUnavailable: the store cannot be opened. Whoever is alone goes on reading; a service that has begun without
            its store would never have it.

    """
    policy = PolicyHolder(partial(_policy_of, configuration))
    taken = partial(_take_team, configuration, policy)
    async with (
        open_app(configuration, policy) as service,
        sweeping(service.recovery),
        reloading(policy, service.trail, taken),
    ):
        yield service


def _until_restart(error: StoreUnavailable) -> StoreUnavailable:
    """A process that lives long, and was started without its store, goes on without one."""
    again = "When the store is back, start chatops mcp again: until then this one reads and changes nothing."
    return StoreUnavailable(error.message, next_step=f"{error.next_step} {again}".lstrip())


def _policy_of(configuration: Configuration) -> PolicyEngine:
    settings = configuration.settings
    team = load_team(settings.team_file)
    if configuration.serving:
        check_owned(settings.team_file)
    return load_policy(settings.policy_dir, team, actions=every_action())


def _take_team(configuration: Configuration, policy: PolicyHolder) -> None:
    configuration.team = policy.team


@asynccontextmanager
async def _open_reader(
    configuration: Configuration, policy: PolicyHolder, error: StoreUnavailable
) -> AsyncIterator[Executor]:
    """An executor without a store: it reads, and refuses to change anything."""
    async with open_client(client_settings(configuration.settings)) as client:
        fleet = Fleet(reader=client.reader, now=anyio.current_time)
        planner = Planner(fleet=fleet, account="", now=anyio.current_time)
        yield Executor(
            actions=every_action(),
            reading=Reading(client=client, planner=planner, control=None, pickups=None, why_not=error),
            planner=planner,
            guard=ReadGuard(policy=policy),
            asking=None,
            trail=Unwritten(Missed(configuration.settings.state_dir)),
            new_id=_new_id,
            why_not=error,
        )


def client_settings(settings: Settings) -> ClientSettings:
    """What the cloud client is told.

    Raises:
        ConfigurationError: there are no credentials, or only a part of them.

    """
    return ClientSettings(
        endpoint=settings.cloud_endpoint,
        iam_endpoint=settings.cloud_iam_endpoint,
        credentials=_credentials(settings),
        project=settings.cloud_project,
        project_id=settings.cloud_project_id,
        tenant_id=settings.cloud_tenant_id,
        state_folder=settings.state_dir,
        requests_per_second=settings.cloud_requests_per_second,
        concurrent=settings.cloud_requests_at_once,
    )


def _credentials(settings: Settings) -> AccessKey | Password:
    if settings.cloud_access_key is not None:
        if settings.cloud_secret_key is None:
            raise ConfigurationError("CHATOPS_CLOUD_ACCESS_KEY is set without CHATOPS_CLOUD_SECRET_KEY.")
        return AccessKey(
            access_key=settings.cloud_access_key,
            secret_key=settings.cloud_secret_key,
            security_token=settings.cloud_security_token,
        )
    if settings.cloud_username is None or settings.cloud_password is None or settings.cloud_domain is None:
        raise ConfigurationError(
            "There are no complete credentials for the CloudDevice API.",
            next_step="Set CHATOPS_CLOUD_ACCESS_KEY and CHATOPS_CLOUD_SECRET_KEY; or CHATOPS_CLOUD_USERNAME, "
            "CHATOPS_CLOUD_PASSWORD and CHATOPS_CLOUD_DOMAIN.",
        )
    return Password(username=settings.cloud_username, password=settings.cloud_password, domain=settings.cloud_domain)


def _new_id() -> str:
    return uuid.uuid4().hex
