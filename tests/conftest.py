"""What every test stands on: one asyncio backend, time limits by marker, and who carries which requirement.

The network is closed to all but loopback and Unix sockets by the options of pytest-socket in ``pyproject.toml``.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

PROCESS_SECONDS = 60
TESTS = Path(__file__).parent
CARRIED = pytest.StashKey[dict[str, list[str]]]()

# Files and folders of tests are written by their owner alone: what others may write is refused, and has tests.
os.umask(0o022)

settings.register_profile("local", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def carried_requirements(pytestconfig: pytest.Config) -> dict[str, list[str]]:
    """Ids given to ``@pytest.mark.requirement(...)``, each with the node ids of the collected tests that carry it."""
    return pytestconfig.stash[CARRIED]


@pytest.fixture(scope="session")
def whole_suite_collected(pytestconfig: pytest.Config) -> bool:
    """True when this run collected the whole tests folder: only then is a missing carrier a finding.

    Selections by ``-k`` and ``-m`` do not matter, because they come after the carriers have been noted.
    """
    named = {Path(argument.split("::")[0]).resolve() for argument in pytestconfig.args}
    narrowed = ("ignore", "ignore_glob", "lf")
    return bool(named & {TESTS, TESTS.parent}) and not any(pytestconfig.getoption(name, None) for name in narrowed)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fail-on-skip", action="store_true", help="a skipped test fails the run")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Runs before ``-k`` and ``-m`` take tests away, so that a selection does not hide who carries a requirement."""
    carried: dict[str, list[str]] = {}
    for item in items:
        for marker in item.iter_markers("requirement"):
            for identifier in marker.args:
                carried.setdefault(identifier, []).append(item.nodeid)
        if item.get_closest_marker("process") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PROCESS_SECONDS))
    config.stash[CARRIED] = carried


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Official suites prove something only when they ran: with ``--fail-on-skip`` a skip is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--fail-on-skip") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
