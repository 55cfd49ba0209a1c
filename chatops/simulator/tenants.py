"""All that belongs to one tenant."""

from collections import Counter
from dataclasses import dataclass, field

from chatops.simulator.fleet import Fleet
from chatops.simulator.orders import Orders
from chatops.simulator.packages import Packages
from chatops.simulator.settings import Account
from chatops.simulator.skus import Stock
from chatops.simulator.tasks import Tasks


@dataclass(slots=True, kw_only=True)
class Tenant:
    """An account with its phones, tasks, orders and packages."""

    account: Account
    fleet: Fleet
    orders: Orders
    tasks: Tasks = field(default_factory=Tasks)
    packages: Packages = field(default_factory=Packages)
    stock: Stock = field(default_factory=Stock)
    wipes: Counter[str] = field(default_factory=Counter)  # how often each phone's data was destroyed
    videos: dict[str, object] = field(default_factory=dict)  # the last video setting of each phone, as sent

    def wipe(self, phone_id: str) -> None:
        """Destroy what a user had on a phone."""
        self.wipes[phone_id] += 1
        self.packages.wipe(phone_id)
