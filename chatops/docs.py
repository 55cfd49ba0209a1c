"""Documentation that is derived from the registry, the settings, the roles, the error tree and the runbooks.

A whole page (``tools/README.md``), and passages between ``<!-- generated: NAME -->`` and ``<!-- end -->`` in pages that
people write.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from chatops import errors
from chatops.control import every_action, load_control
from chatops.reference import action_section
from chatops.roles import ROLE_NAMES, ROLES, roles_with
from chatops.runbooks import load_runbooks
from chatops.settings import Settings, variable
from chatops.surfaces.mcp.schemas import TOKEN_BUDGET, token_cost
from tools import AnyAction, Own, load_actions

_PASSAGE = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_ON_PHONES = """\
# Actions

One module an action, and a section for each. To add one, add a module: the MCP tool, the terminal command
and this page follow from it.
"""
_OWN = """\
# The service's own actions

What was asked for, what waits, and why: over the service's own state, with no request to the API of their own. One
module an action, declared like those of [`tools/`](../../tools/README.md). Approving is not among them.
"""
_PAGES_WITH_PASSAGES = ("README.md", "chatops/README.md", "prompts/README.md")


def write_docs(root: Path) -> list[Path]:
    """Write what is stale below ``root``; which files were changed."""
    changed = []
    for file, text in _wanted(root).items():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            changed.append(file)
    return changed


def stale_docs(root: Path) -> list[Path]:
    """The files below ``root`` that ``write_docs`` would change."""
    return [
        file for file, text in _wanted(root).items() if not file.exists() or file.read_text(encoding="utf-8") != text
    ]


def generated_files(root: Path) -> list[Path]:
    """The files that are generated, whole or in part."""
    return list(_wanted(root))


def _wanted(root: Path) -> dict[Path, str]:
    actions = every_action()
    passages: Mapping[str, Callable[[Mapping[str, AnyAction]], str]] = {
        "actions": _action_table,
        "settings": _setting_table,
        "roles": _role_table,
        "errors": _error_table,
        "runbooks": _runbook_table,
    }
    pages = {
        root / "tools" / "README.md": _actions_page(load_actions(), _ON_PHONES),
        root / "chatops" / "control" / "README.md": _actions_page(load_control(), _OWN),
    }
    for name in _PAGES_WITH_PASSAGES:
        file = root / name
        pages[file] = _PASSAGE.sub(
            lambda match: f"{match[1]}{passages[match[2]](actions)}\n{match[3]}", file.read_text(encoding="utf-8")
        )
    return pages


def _joined(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join([_joined(headings), _joined(tuple("---" for _ in headings)), *(_joined(row) for row in rows)])


def _action_table(actions: Mapping[str, AnyAction]) -> str:
    rows = [
        (
            f"[`{action.name}`]({_page(action)}#{action.name})",
            f"`{action.word}`",
            action.summary,
            _risk(action),
            f"`{action.permission}`",
            ", ".join(roles_with(action.permission)),
        )
        for action in actions.values()
    ]
    return _table(("action", "word", "what it does", "risk", "permission", "roles"), rows)


def _page(action: AnyAction) -> str:
    return "chatops/control/README.md" if isinstance(action.by, Own) else "tools/README.md"


def _risk(action: AnyAction) -> str:
    eased = action.change.eased if action.change else None
    return f"{action.risk.name}, or {eased.to.name} where it only reads" if eased else action.risk.name


def _setting_table(_: Mapping[str, AnyAction]) -> str:
    rows = [
        (f"`{variable(name)}`", field.description or "", _default(name, field.default))
        for name, field in Settings.model_fields.items()
    ]
    return _table(("variable", "meaning", "default"), rows)


def _default(name: str, value: object) -> str:
    if name == "team_file":
        return "`chatops.yaml` in the user's configuration folder"
    if name == "state_dir":
        return "`chatops` in the user's state folder"
    return f"`{value}`" if value is not None else ""


def _role_table(actions: Mapping[str, AnyAction]) -> str:
    rows = []
    for role in ROLE_NAMES:
        allowed = [f"`{action.name}`" for action in actions.values() if action.permission in ROLES[role]]
        rows.append((f"`{role}`", ", ".join(allowed) or "asks for nothing"))
    return _table(("role", "may ask for"), rows)


def _error_table(_: Mapping[str, AnyAction]) -> str:
    rows = [
        (f"`{kind.code}`", (kind.__doc__ or "").splitlines()[0], "yes" if kind.retryable else "no")
        for kind in error_kinds()
    ]
    return _table(("code", "meaning", "worth repeating"), rows)


def _runbook_table(_: Mapping[str, AnyAction]) -> str:
    rows = [
        (
            f"[`{each.name}`]({each.name}.md)",
            each.head.description,
            ", ".join(f"`{name}`" for name in each.arguments),
            ", ".join(dict.fromkeys(f"`{call.action}`" for call in each.reads)),
        )
        for each in load_runbooks().values()
    ]
    return _table(("runbook", "when", "asks for", "reads first"), rows)


def error_kinds() -> list[type[errors.ChatopsError]]:
    """Every error of the tree that has a code, in the order of its module."""
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    return [each for each in kinds if issubclass(each, errors.ChatopsError) and each is not errors.ChatopsError]


def _actions_page(actions: Mapping[str, AnyAction], about: str) -> str:
    contents = "\n".join(
        f"- [`{action.name}`](#{action.name}) ({action.word}, {token_cost(action)} tokens): {action.summary}"
        for action in actions.values()
    )
    sections = "\n\n".join(action_section(action) for action in actions.values())
    everything = every_action()
    return (
        "<!-- Generated by `chatops docs` from the modules in this folder. Do not edit. -->\n\n"
        f"{about}\n"
        f"What a model sees of these, names, descriptions and input schemas, costs {_cost(actions)} tokens: the\n"
        f"characters of compact JSON divided by four. All {len(everything)} actions together cost {_cost(everything)}"
        f" of {TOKEN_BUDGET}.\n\n"
        f"{contents}\n\n{sections}\n"
    )


def _cost(actions: Mapping[str, AnyAction]) -> int:
    return sum(token_cost(action) for action in actions.values())
