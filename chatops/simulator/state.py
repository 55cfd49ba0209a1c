"""Everything a simulator knows and remembers."""

import random
from itertools import chain

import anyio

from chatops.simulator.clock import Clock
from chatops.simulator.faults import Faults
from chatops.simulator.fleet import Fleet
from chatops.simulator.keys import Keys
from chatops.simulator.orders import Orders
from chatops.simulator.phones import Phone
from chatops.simulator.population import populate
from chatops.simulator.printed import printed_phones, printed_tasks
from chatops.simulator.records import Records
from chatops.simulator.regions import CN_NORTH_4
from chatops.simulator.settings import Account, SimulatorSettings
from chatops.simulator.tenants import Tenant
from chatops.simulator.tokens import Tokens

FOREIGN_PHONE_ID = "zZ9other"
"""A phone of the second account: to the first one it is 401 with 1001."""


class Simulator:
    """The state behind the HTTP surface: tenants with their fleets, credentials, faults, and what arrived."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self.printed = settings.dialect == "example"
        self.clock = Clock(settings.now, settings.speed)
        # Its own source, so that ids given out later do not depend on the size of the fleet.
        self.random_source = random.Random(f"answers of {settings.seed}")  # noqa: S311 - has to be repeatable
        self.tokens = Tokens(self.clock, settings.token_seconds, self.random_source)
        self.keys = Keys(settings.accounts, self.clock)
        self.faults = Faults()
        self.requests = Records()
        self.tenants = {account.tenant_id: self._tenant(account) for account in settings.accounts}
        self.closing = anyio.Event()  # set when the server ends, so that slow faults do not hold it up
        self._gateway_ids = 0

    @property
    def tenant(self) -> Tenant:
        """The tenant that owns the fleet."""
        return self.tenants[self.settings.accounts[0].tenant_id]

    @property
    def fleet(self) -> Fleet:
        """The phones of the first account."""
        return self.tenant.fleet

    def is_foreign(self, tenant_id: str, phone_id: str) -> bool:
        """Whether a phone belongs to another tenant."""
        return any(phone_id in tenant.fleet for other, tenant in self.tenants.items() if other != tenant_id)

    def new_gateway_id(self) -> str:
        """An id for the gateway's answer to one request."""
        self._gateway_ids += 1
        return f"{self._gateway_ids:032x}"

    def _tenant(self, account: Account) -> Tenant:
        accounts = self.settings.accounts
        if account is accounts[0]:
            printed = printed_phones()
            generated = populate(max(0, self.settings.phones - len(printed)), self.settings.seed)
            fleet = Fleet(chain(printed, generated))
        else:
            fleet = Fleet([_foreign_phone(accounts.index(account))])
        tenant = Tenant(account=account, fleet=fleet, orders=Orders(fleet, self.clock))
        if account is accounts[0]:
            for task in printed_tasks():
                tenant.tasks.add(task)
        return tenant


def _foreign_phone(number: int) -> Phone:
    phone_id = FOREIGN_PHONE_ID if number == 1 else f"{FOREIGN_PHONE_ID}{number}"
    return Phone(
        id=phone_id, name=f"other-{number:05d}", region=CN_NORTH_4, sku="-", storage_mb=10_240, created=1_756_252_800.0
    )
