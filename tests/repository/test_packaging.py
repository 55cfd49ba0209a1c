import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"chatops", "tools", "prompts"}
DISTRIBUTION = "clouddevice-chatops"
pytestmark = pytest.mark.process


def run(*command: str | Path) -> str:
    """What the program says on stdout; everything it said when it fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as anybody would build it, with the locked build backend and without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment that holds the wheel; its dependencies are lent by the environment of the tests.

    A folder named in a .pth file is searched, its own .pth files are not: the editable installation stays out of sight.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin/python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python.parent


@pytest.fixture
def hostile_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder whose own packages have the names of ours and fail when they are imported."""
    for name in OURS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('foreign')\n", encoding="utf-8")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_wheel_holds_our_packages_and_nothing_else(wheel: Path) -> None:
    names = files_of(wheel)
    (metadata,) = {name.partition("/")[0] for name in names} - OURS
    assert metadata.startswith("clouddevice_chatops-")
    assert metadata.endswith(".dist-info")
    assert {"prompts/README.md", f"{metadata}/licenses/LICENSE"} <= names


def test_wheel_holds_every_file_of_our_packages(wheel: Path) -> None:
    paths = {path for name in OURS for path in (ROOT / name).rglob("*") if path.is_file()}
    expected = {str(path.relative_to(ROOT)) for path in paths if "__pycache__" not in path.parts}
    assert {name for name in files_of(wheel) if name.partition("/")[0] in OURS} == expected


def test_import_names_belong_to_our_distribution_only(programs: Path) -> None:
    """No locked dependency has a top-level tools, prompts or chatops: one of the two would overwrite the other."""
    program = "import json; from importlib.metadata import packages_distributions as p; print(json.dumps(dict(p())))"
    owners: dict[str, list[str]] = json.loads(run(programs / "python", "-I", "-c", program))
    assert {(name, owner) for name in OURS for owner in owners[name]} == {(name, DISTRIBUTION) for name in OURS}
    assert "pydantic" in owners


@pytest.mark.usefixtures("hostile_folder")
def test_installed_command_tells_its_version_beside_foreign_packages(programs: Path) -> None:
    assert "0.1.0" in run(programs / "chatops", "--version")


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("hostile_folder")
def test_installed_demo_plays_beside_foreign_packages(programs: Path) -> None:
    assert "Every scene kept its promise" in run(programs / "chatops", "demo")
