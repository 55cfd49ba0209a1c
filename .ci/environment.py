"""Brings ``.venv`` up to date with the lock, or leaves it alone when it already is.

Runs on the bare Python that ``.ci/environment`` found: standard library only. One process works at a time, the others
wait for it; a kernel lock, so that nothing is left behind by one that was killed.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["runtime", "dev"]
LOCKS: dict[Kind, str] = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}
STAMP = ".up-to-date.json"


def say(sentence: str) -> None:
    """Progress is for people: stderr, at once."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def digest_of(*parts: bytes) -> str:
    """Short digest of the parts and of where one ends and the next begins."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:32]


def wanted(root: Path) -> dict[str, str]:
    """What an environment must have been made from to be used as it is.

    The folder counts, because scripts carry its path; the interpreter counts by version, not by name.
    """
    metadata = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project = {key: metadata.get(key) for key in ("build-system", "project")}
    return {
        "python": digest_of(sys.version.encode(), sys.base_prefix.encode(), os.fsencode(root)),
        "project": digest_of(json.dumps(project, sort_keys=True).encode()),
        **{kind: digest_of((root / lock).read_bytes()) for kind, lock in LOCKS.items()},
    }


def found(environment: Path) -> dict[str, str]:
    """What the environment says it was made from; nothing where it was never finished."""
    try:
        stamp = json.loads((environment / STAMP).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(key): str(value) for key, value in stamp.items()} if isinstance(stamp, dict) else {}


def must_be_made_anew(want: dict[str, str], have: dict[str, str], kind: Kind) -> bool:
    """Packages of an older lock must not stay behind; adding the development tools to the runtime is no reason."""
    if want["python"] != have.get("python") or want["runtime"] != have.get("runtime"):
        return True
    return kind == "dev" and have.get("dev", want["dev"]) != want["dev"]


def pip(environment: Path, *arguments: str) -> None:
    """Runs the environment's own pip; raises CalledProcessError when it fails, after pip has said why."""
    python = str(environment / "bin/python")
    command = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    subprocess.run(command, check=True)  # noqa: S603  # a fixed command with arguments from this file


def bring_up_to_date(root: Path, kind: Kind) -> bool:
    """Makes or completes ``root/.venv``; False when there was nothing to do."""
    environment = root / ".venv"
    want, have = wanted(root), found(environment)
    anew = must_be_made_anew(want, have, kind)
    packages_missing = anew or kind not in have
    if not packages_missing and want["project"] == have.get("project"):
        return False
    say(f"Setting up .venv from {LOCKS[kind]} ...")
    # From here to the end the environment is unfinished; whoever stops in between starts anew next time.
    (environment / STAMP).unlink(missing_ok=True)
    if anew:
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=True).create(environment)
        have = {}
    if packages_missing:
        # The lock names every package, so pip has nothing to resolve; older ones resolve extras to unpinned versions.
        lock = str(root / LOCKS[kind])
        pip(environment, "install", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", lock)
    pip(environment, "install", "--no-deps", "--no-build-isolation", "--editable", str(root))
    pip(environment, "check")
    stamp = {**have, **{key: want[key] for key in ("python", "project", "runtime", kind)}}
    (environment / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    return True


def main(arguments: list[str]) -> int:
    """Entry point: one argument, ``runtime`` or ``dev``."""
    if len(arguments) != 1 or arguments[0] not in get_args(Kind):
        say("usage: .ci/environment runtime|dev [PYTHON]")
        return 2
    kind: Kind = "dev" if arguments[0] == "dev" else "runtime"
    root = Path(__file__).resolve().parent.parent
    started = time.monotonic()
    with (root / ".venv.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            changed = bring_up_to_date(root, kind)
        except subprocess.CalledProcessError as error:
            say(f"Setting up .venv failed: {error}")
            return 1
    if changed:
        version = ".".join(map(str, sys.version_info[:3]))
        say(f".venv is ready: Python {version}, {kind} packages, {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
