"""Gates of ``make check``: what is asked of the tree itself, each telling how many files it looked at."""

from dataclasses import dataclass
from pathlib import Path

CODE = ("tools", "chatops")
REQUIRED = (*CODE, "prompts", "tests", ".ci")
OPTIONAL = ("bench",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What one gate saw; a gate that looked at nothing has failed, whatever it found."""

    files: int
    findings: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        return self.files > 0 and not self.findings


def existing_roots(root: Path) -> tuple[str, ...]:
    """Folders with Python code: the required ones, there or not, and of the others those that are there."""
    return (*REQUIRED, *(name for name in OPTIONAL if (root / name).is_dir()))


def python_files(root: Path, *folders: str) -> list[Path]:
    """Python files of the folders, sorted; of a folder that is not there, none."""
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def empty_folders(root: Path, folders: tuple[str, ...]) -> list[str]:
    """A finding for each folder in which a tool would find nothing to check."""
    return [f"{folder}/: no Python file here" for folder in folders if not python_files(root, folder)]
