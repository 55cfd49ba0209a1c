"""The console script, and the refusal to run beside a foreign ``tools`` or ``prompts``."""

import gc
import importlib.util
import sys
from pathlib import Path
from typing import NoReturn

import chatops

_OURS = ("tools", "prompts")
_WRONG = 2
_OBJECTS = (20_000, 20, 20)


def foreign_packages() -> tuple[str, ...]:
    """Packages that would be imported in place of ours; nothing of them is executed to find out."""
    home = Path(chatops.__file__).resolve().parent.parent
    return tuple(name for name in _OURS if _origin(name) != home / name / "__init__.py")


def _origin(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return Path(found.origin).resolve() if found is not None and found.origin is not None else None


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    foreign = foreign_packages()
    if foreign:
        sys.stderr.write(
            f"Another package named {' and '.join(foreign)} would be used in place of that of chatops.\n"
            "Run the command chatops instead of python -m chatops, and leave PYTHONPATH empty.\n"
        )
        sys.exit(_WRONG)
    # Importing makes many objects and no garbage: looking for some every 700 objects takes a tenth of the start.
    gc.set_threshold(*_OBJECTS)
    from chatops.cli import run  # noqa: PLC0415  # whatever it imports must be ours

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
