import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_no_test_reaches_beyond_this_machine() -> None:
    with pytest.raises(RuntimeError, match="connect"), pytest.warns(UserWarning, match="connect"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_unix_sockets_are_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a Unix socket may have about a hundred bytes
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("s")
        server.listen()
        client.connect("s")


def timeout_of(request: pytest.FixtureRequest) -> object:
    marker = request.node.get_closest_marker("timeout")
    return marker and marker.args[0]


def test_ordinary_test_has_the_short_limit(request: pytest.FixtureRequest) -> None:
    assert timeout_of(request) is None
    assert request.config.getini("timeout") == "5"


@pytest.mark.process
def test_test_that_starts_processes_has_the_long_limit(request: pytest.FixtureRequest) -> None:
    assert timeout_of(request) == 60


@pytest.mark.process
@pytest.mark.timeout(50)
def test_explicit_limit_stands(request: pytest.FixtureRequest) -> None:
    assert timeout_of(request) == 50


@pytest.mark.process
@pytest.mark.parametrize(("more", "is_whole"), [((), True), (("-k", "sizes"), True), (("--ignore=tests/x",), False)])
def test_run_knows_whether_it_collected_everything(more: tuple[str, ...], *, is_whole: bool, tmp_path: Path) -> None:
    """With xdist too: the workers must see what the command line said."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/conftest.py").write_text((ROOT / "tests/conftest.py").read_text("utf-8"), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\nmarkers = requirement: x\n", encoding="utf-8")
    (tmp_path / "tests/test_sizes.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.requirement('c'))])\n"
        "@pytest.mark.requirement('a', 'b')\n"
        "def test_sizes(whole_suite_collected, carried_requirements, x):\n"
        f"    assert whole_suite_collected is {is_whole}\n"
        "    assert carried_requirements == dict.fromkeys('cab', ['tests/test_sizes.py::test_sizes[1]'])\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-n1", "-p", "no:cacheprovider", *more]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
