"""The official programs, installed once into ``build/``, and a stage for our server to be looked at on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from chatops.demo.stage import Stage, chatops_command, open_stage
from tests.chatops.surfaces.mcp.served import TOKENS, Served, environment_of, start
from tests.conformance.suite import Suite

HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent / "build" / "conformance"
MANIFESTS = ("package.json", "package-lock.json")
INSTALL_SECONDS = 300
CALL_SECONDS = 30

Inspect = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Inspector:
    """Its program, and the Node that runs it."""

    node: Path
    program: Path


@pytest.fixture(scope="session")
def modules() -> Path:
    """Installed again whenever a pin changes. No script of any package is run."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, and the official programs are npm packages")
    digest = sha256(b"".join((HERE / name).read_bytes() for name in MANIFESTS)).hexdigest()
    stamp = INSTALLED / "installed.sha256"
    if not stamp.exists() or stamp.read_text() != digest:
        shutil.rmtree(INSTALLED, ignore_errors=True)
        INSTALLED.mkdir(parents=True)
        for name in MANIFESTS:
            shutil.copy(HERE / name, INSTALLED)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run([npm, "ci", *quiet], cwd=INSTALLED, check=True, timeout=INSTALL_SECONDS)
        stamp.write_text(digest)
    return INSTALLED / "node_modules"


@pytest.fixture(scope="session")
def inspector(modules: Path) -> Inspector:
    return Inspector(node=_node(modules), program=modules / ".bin" / "mcp-inspector")


@pytest.fixture(scope="session")
def suite(modules: Path) -> Suite:
    return Suite(node=_node(modules), program=modules / ".bin" / "conformance")


def _node(modules: Path) -> Path:
    """The pinned one where there is one for this machine, otherwise the system's."""
    pinned = next(modules.glob("node-*/bin/node"), None)
    found = pinned or shutil.which("node")
    if found is None:
        pytest.skip("there is no Node for this machine")
    return Path(found)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(open_stage()) as opened:
        yield opened


@pytest.fixture(scope="session")
def served(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """``chatops serve`` on the same fleet, for a team of its own."""
    with start(environment_of(tmp_path_factory.mktemp("served"), stage.running.url)) as running:
        yield running


@pytest.fixture(params=["stdio", "http"])
def target(request: pytest.FixtureRequest, stage: Stage) -> list[str]:
    """What the Inspector is told of our server; it hands a server no variables but those it is given."""
    if request.param == "http":
        running: Served = request.getfixturevalue("served")
        return [running.mcp, "--transport", "http", "--header", f"Authorization: Bearer {TOKENS['alice']}"]
    variables = [f"{name}={value}" for name, value in stage.environment.items() if name.startswith("CHATOPS_")]
    return [*(word for each in variables for word in ("-e", each)), *chatops_command("mcp")]


@pytest.fixture
def inspect(inspector: Inspector, target: list[str], tmp_path: Path) -> Inspect:
    """Runs the Inspector's command line against our server, over either transport."""
    environment = {**os.environ, "HOME": str(tmp_path), "MCP_CATALOG_PATH": str(tmp_path / "catalog.json")}

    def run(era: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [
                inspector.node,
                inspector.program,
                "--cli",
                "--protocol-era",
                era,
                "--format",
                "json",
                *target,
                *arguments,
            ],
            env=environment,
            capture_output=True,
            text=True,
            timeout=CALL_SECONDS,
            check=False,
        )

    return run
