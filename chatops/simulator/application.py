"""The simulator as an ASGI application."""

from functools import partial

from starlette.applications import Starlette
from starlette.routing import Route

from chatops.simulator.admin import admin_routes
from chatops.simulator.cloud import answer
from chatops.simulator.exchange import Incoming, Reply
from chatops.simulator.gateway import Gateway, Process
from chatops.simulator.iam import issue_token, list_projects
from chatops.simulator.operations import OPERATIONS, Operation
from chatops.simulator.settings import SimulatorSettings
from chatops.simulator.state import Simulator


def build_app(settings: SimulatorSettings) -> Starlette:
    """An application that serves the cloud and IAM under one base URL; `app.state.simulator` is its state."""
    simulator = Simulator(settings)
    gateway = Gateway(simulator)
    routes = [
        _route(gateway, "iam-token", "POST", "/v3/auth/tokens", issue_token),
        _route(gateway, "iam-projects", "GET", "/v3/projects", list_projects),
        _route(gateway, "iam-projects", "GET", "/v3/auth/projects", list_projects),
    ]
    for operation in OPERATIONS:
        process = partial(_answer, operation)
        routes.append(_route(gateway, operation.name, operation.method, operation.path, process))
        if operation.unversioned and simulator.printed:
            path = operation.path.removeprefix("/v1")
            routes.append(_route(gateway, operation.name, operation.method, path, process))
    if settings.faults:
        routes += admin_routes(simulator)
    app = Starlette(
        routes=routes,
        exception_handlers={404: gateway.refuse_unknown, 405: gateway.refuse_unknown},
    )
    app.router.redirect_slashes = False
    app.state.simulator = simulator
    return app


def _route(gateway: Gateway, name: str, method: str, path: str, process: Process) -> Route:
    route = Route(path, gateway.endpoint(name, process), methods=[method])
    route.methods = {method}  # Starlette would serve HEAD along with GET
    return route


def _answer(operation: Operation, simulator: Simulator, incoming: Incoming, gateway_id: str) -> Reply:
    return answer(simulator, operation, incoming, gateway_id)
