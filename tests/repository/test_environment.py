import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.process


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment", ROOT / ".ci/environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


environment = load()
STAMP = {"python": "p", "project": "j", "runtime": "r", "dev": "d"}
RUNTIME = {key: STAMP[key] for key in ("python", "project", "runtime")}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a space in its name that holds the scripts under test and no Python of its own."""
    root = tmp_path / "a checkout"
    shutil.copytree(ROOT / ".ci", root / ".ci")
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    programs = root / "programs"
    programs.mkdir()
    for name in ("id", "uname", "dirname"):
        (programs / name).symlink_to(shutil.which(name) or "")
    return root


def put_python(checkout: Path, name: str, script: str) -> None:
    path = checkout / "programs" / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def set_up(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(checkout / ".ci/environment"), *arguments]
    surroundings = {**os.environ, "PATH": str(checkout / "programs")}
    return subprocess.run(command, env=surroundings, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("have", "kind", "anew"),
    [
        ({}, "runtime", True),
        ({**STAMP, "python": "other"}, "runtime", True),
        ({**STAMP, "runtime": "older"}, "dev", True),
        ({**STAMP, "dev": "older"}, "dev", True),
        ({**STAMP, "dev": "older"}, "runtime", False),
        ({**STAMP, "project": "older"}, "dev", False),
        (RUNTIME, "dev", False),
        (STAMP, "runtime", False),
    ],
)
def test_environment_is_made_anew_only_when_packages_could_stay_behind(
    have: dict[str, str], kind: str, *, anew: bool
) -> None:
    assert environment.must_be_made_anew(STAMP, have, kind) is anew


def test_current_environment_is_left_alone(checkout: Path) -> None:
    put_python(checkout, "python3", f'exec "{sys.executable}" "$@"')
    (checkout / ".venv").mkdir()
    stamp = environment.wanted(checkout)
    (checkout / ".venv" / environment.STAMP).write_text(environment.json.dumps(stamp), encoding="utf-8")
    assert environment.bring_up_to_date(checkout, "dev") is False
    done = set_up(checkout, "runtime")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("content", ["", "[]", '{"python": '])
def test_unreadable_stamp_counts_as_no_environment(content: str, tmp_path: Path) -> None:
    (tmp_path / environment.STAMP).write_text(content, encoding="utf-8")
    assert environment.found(tmp_path) == {}


def test_command_of_a_version_switcher_that_fails_is_passed_over(checkout: Path) -> None:
    put_python(checkout, "python3.14", "echo not installed >&2; exit 127")
    put_python(checkout, "python3.12", 'echo "$@" >&2; [ "$1" = -c ] || echo chosen')
    assert set_up(checkout, "runtime").stdout == "chosen\n"


def test_missing_venv_is_answered_with_what_to_install(checkout: Path) -> None:
    real = f'exec "{sys.executable}" "$@"'
    put_python(checkout, "python3.11", f'case "$*" in *ensurepip*) exit 1 ;; esac\n{real}')
    done = set_up(checkout, "dev")
    assert done.returncode == 3
    assert "python3.11 cannot make environments" in done.stderr
    assert "install" in done.stderr.splitlines()[1] or "package of your system" in done.stderr.splitlines()[1]


def test_machine_without_a_fitting_python_is_told_what_is_needed(checkout: Path) -> None:
    put_python(checkout, "python3", "exit 1")
    done = set_up(checkout, "dev")
    assert done.returncode == 3
    assert done.stderr.startswith("Python 3.11 to 3.14 is needed")


def put_build(checkout: Path, name: str, variable: str, value: object) -> None:
    """This Python, but for one thing that it says of how it was built."""
    as_if = f"import sys, sysconfig; sysconfig.get_config_vars()[{variable!r}] = {value!r}; exec(sys.argv[2])"
    put_python(checkout, name, f'[ "$1" = -c ] || {{ echo chosen; exit; }}; exec "{sys.executable}" -c "{as_if}" "$@"')


def test_python_of_musl_is_refused_before_anything_is_installed(checkout: Path) -> None:
    put_build(checkout, "python3", "SOABI", "cpython-311-x86_64-linux-musl")
    done = set_up(checkout, "runtime")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("python3 is built for musl")
    assert "an image with glibc" in done.stderr
    assert not (checkout / ".venv").exists()


def test_free_threaded_python_is_passed_over(checkout: Path) -> None:
    put_build(checkout, "python3.14", "Py_GIL_DISABLED", 1)
    assert set_up(checkout, "runtime").stderr.startswith("Python 3.11 to 3.14 is needed")
    put_build(checkout, "python3.13", "Py_GIL_DISABLED", 0)
    assert set_up(checkout, "runtime").stdout == "chosen\n"


@pytest.mark.parametrize("build", ["glibc", "musl", "free-threaded"])
def test_page_names_every_build_that_is_asked_for_or_refused(build: str) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert build in page.partition("## Where it runs")[2].partition("##")[0]


def test_named_python_is_the_only_one_tried(checkout: Path) -> None:
    put_python(checkout, "python3.12", "echo chosen")
    assert set_up(checkout, "runtime", "no-such-python").returncode == 3


@pytest.mark.parametrize("script", [".ci/run", ".ci/environment"])
def test_shell_scripts_parse(script: str) -> None:
    shell = "bash" if script == ".ci/run" else "sh"
    subprocess.run([shell, "-n", ROOT / script], check=True)
