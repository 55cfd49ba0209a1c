from starlette.routing import Route

from chatops.simulator import Simulator, SimulatorSettings, build_app
from chatops.simulator.settings import Dialect


def _routes(*, faults: bool = False, dialect: Dialect = "table") -> set[tuple[str, str]]:
    app = build_app(SimulatorSettings(phones=0, faults=faults, dialect=dialect))
    return {(method, route.path) for route in app.routes if isinstance(route, Route) for method in route.methods or ()}


def test_eighteen_calls_and_three_of_iam_are_served() -> None:
    routes = _routes()
    assert sum(path.startswith("/v1/instances/") for _, path in routes) == 18
    assert {path for _, path in routes if path.startswith("/v3")} == {
        "/v3/auth/tokens",
        "/v3/projects",
        "/v3/auth/projects",
    }
    assert len(routes) == 21


def test_the_printed_dialect_serves_four_paths_without_version() -> None:
    extra = _routes(dialect="example") - _routes()
    assert {path for _, path in extra} == {
        "/instances/assign",
        "/instances/unassign",
        "/instances/create",
        "/instances/delete",
    }


def test_admin_routes_are_there_only_with_faults() -> None:
    assert {path.split("/")[1] for _, path in _routes(faults=True) - _routes()} == {"_simulator"}


def test_the_state_is_at_hand() -> None:
    assert isinstance(build_app(SimulatorSettings(phones=0)).state.simulator, Simulator)
