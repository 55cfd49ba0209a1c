from chatops.simulator.clock import Clock
from chatops.simulator.fleet import Fleet
from chatops.simulator.journeys import running_status
from chatops.simulator.orders import Order, Orders
from chatops.simulator.phones import Running
from chatops.simulator.population import populate
from tests.chatops.simulator.harness import Time


def test_phones_come_when_their_order_is_paid() -> None:
    time = Time()
    clock, fleet = Clock(time, 1.0), Fleet()
    orders = Orders(fleet, clock)
    phones = tuple(populate(2, 1))
    orders.place(Order("CS1", phones), pay=False)
    assert len(fleet) == 0
    assert orders.pay("CS1") is True
    assert len(fleet) == 2
    assert running_status(phones[0], clock) is Running.STARTING
    time.forward(6)
    assert running_status(phones[0], clock) is Running.RUNNING


def test_an_order_is_paid_once() -> None:
    orders = Orders(Fleet(), Clock(Time(), 1.0))
    orders.place(Order("CS1", ()), pay=True)
    assert orders.pay("CS1") is False
    assert orders.pay("CS2") is False
