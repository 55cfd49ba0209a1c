"""The policy as it starts: shipped rules, rules of a folder, and everything that has to hold before it serves."""

import os
import stat
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from chatops.errors import ConfigurationError
from chatops.policy.cases import CASES, check_cases, check_floor, read_table
from chatops.policy.cedar import Schema
from chatops.policy.engine import PolicyEngine
from chatops.policy.reading import check_unique, read_rules, read_text
from chatops.policy.rule import Rule
from chatops.roles import ROLES
from chatops.team import Team
from tools import AnyAction

RULES = "default.cedar"
SCHEMA = "schema.cedarschema"
FILE_LIMIT = 256 * 1024
FILES_LIMIT = 200
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def load_policy(folder: Path | None, team: Team, *, actions: Mapping[str, AnyAction]) -> PolicyEngine:
    """The engine over the shipped rules and those of this folder; ``actions`` are all that are offered.

    A folder or file that others may write is refused: whoever writes it decides what is allowed.

    Raises:
        ConfigurationError: a rule cannot be used, or a table of cases is not answered as it says.

    """
    schema = Schema.of(schema_text(actions))
    shipped = read_rules(Path(RULES), shipped_text(RULES), schema)
    plain = PolicyEngine(rules=shipped, schema=schema, actions=actions, team=team)
    table = read_table(Path(CASES), shipped_text(CASES), ours=True)
    check_cases(plain, table)
    if folder is None:
        return plain
    extra, own = _of_folder(folder, schema)
    check_unique((*shipped, *extra))
    engine = PolicyEngine(rules=(*shipped, *extra), schema=schema, actions=actions, team=team)
    check_floor(engine, table)
    if own is not None:
        check_cases(engine, read_table(own, read_text(own, FILE_LIMIT)))
    return engine


def shipped_text(name: str) -> str:
    """A file that lies beside this module."""
    return resources.files("chatops.policy").joinpath(name).read_text(encoding="utf-8")


def schema_text(actions: Mapping[str, AnyAction]) -> str:
    """The schema with every permission there is, and every action inside the permission it needs."""
    granted = {str(permission) for permissions in ROLES.values() for permission in permissions}
    permissions = sorted(granted | {str(action.permission) for action in actions.values()})
    lines = [f'action "{permission}";' for permission in permissions]
    lines += [
        f'action "{action.name}" in [Action::"{action.permission}"] '
        "appliesTo { principal: Person, resource: Fleet, context: Call };"
        for action in actions.values()
    ]
    return "\n".join([shipped_text(SCHEMA), *lines, ""])


def _of_folder(folder: Path, schema: Schema) -> tuple[tuple[Rule, ...], Path | None]:
    files = sorted(_listed(folder))
    if len(files) > FILES_LIMIT:
        raise ConfigurationError(f"{folder} has more than {FILES_LIMIT} policy files.")
    for path in (folder, *files):
        check_owned(path)
    rules: list[Rule] = []
    for file in files:
        if file.suffix == ".cedar":
            rules += read_rules(file, read_text(file, FILE_LIMIT), schema)
    for rule in rules:
        if rule.permits:
            raise rule.place.error(
                "only the shipped rules permit; the rules of a folder refuse, or ask for a consent",
                fix="Give the person a role in the team file, or write a forbid.",
            )
    own = folder / CASES
    return tuple(rules), own if own in files else None


def _listed(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(path for path in folder.iterdir() if path.name == CASES or path.suffix == ".cedar")
    except OSError as error:
        raise ConfigurationError(
            f"The policy folder {folder} cannot be read: {error.strerror}.", next_step="Correct CHATOPS_POLICY_DIR."
        ) from error


def check_owned(path: Path) -> None:
    """That nobody but its owner may write this, and that the owner is us or root.

    Raises:
        ConfigurationError: somebody else may.

    """
    try:
        status = path.stat()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    if status.st_mode & _WRITABLE_BY_OTHERS:
        raise ConfigurationError(f"Others may write {path}.", next_step=f"chmod go-w {path}")
    if status.st_uid not in (0, os.geteuid()):
        raise ConfigurationError(f"{path} belongs to somebody else.", next_step=f"chown it to this account: {path}")
