"""Orders: phones that were asked for, and come once somebody pays."""

from dataclasses import dataclass

from chatops.simulator.clock import Clock
from chatops.simulator.fleet import Fleet
from chatops.simulator.journeys import CREATE
from chatops.simulator.phones import Phone, Running


@dataclass(slots=True)
class Order:
    """An order and the phones it is for; they join the fleet when it is paid."""

    id: str
    phones: tuple[Phone, ...]
    paid: bool = False


class Orders:
    """The orders of a tenant."""

    def __init__(self, fleet: Fleet, clock: Clock) -> None:
        self._fleet = fleet
        self._clock = clock
        self.by_id: dict[str, Order] = {}

    def place(self, order: Order, *, pay: bool) -> None:
        """Remember an order, and pay it at once if it pays by itself."""
        self.by_id[order.id] = order
        if pay:
            self.pay(order.id)

    def pay(self, order_id: str) -> bool:
        """Pay an order, as a person does in the vendor's console; False if there is none, or it is paid already."""
        order = self.by_id.get(order_id)
        if order is None or order.paid:
            return False
        order.paid = True
        for phone in order.phones:
            phone.running = Running.RUNNING
            phone.begin(CREATE, self._clock.state())
            self._fleet.add(phone)
        return True
