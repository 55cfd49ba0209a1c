"""Every action there is: each public module of this package declares exactly one."""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tools._action import Action

AnyAction = Action[Any, Any]


def load_actions(package: str = "tools") -> Mapping[str, AnyAction]:
    """All actions by name, in alphabetical order.

    Raises:
        TypeError: a module declares no ACTION.
        ValueError: it declares one of another name, or two actions share a word or a name.

    """
    root = importlib.import_module(package)
    names = sorted(each.name for each in pkgutil.iter_modules(root.__path__) if not each.name.startswith("_"))
    actions: list[AnyAction] = []
    for name in names:
        action = getattr(importlib.import_module(f"{package}.{name}"), "ACTION", None)
        if not isinstance(action, Action):
            raise TypeError(f"{package}/{name}.py declares no ACTION")
        if action.name != name:
            raise ValueError(f"{package}/{name}.py declares the action {action.name!r}; name and file must agree")
        actions.append(action)
    return together(*actions)


def together(*actions: AnyAction) -> Mapping[str, AnyAction]:
    """These actions by name, in alphabetical order.

    Raises:
        ValueError: two of them share a word or a name, be it one of before.

    """
    owners: dict[tuple[str, str], str] = {}
    for action in actions:
        for kind, called in (("word", action.word), *(("name", each) for each in (action.name, *action.aliases))):
            other = owners.setdefault((kind, called), action.name)
            if other != action.name:
                raise ValueError(f"{other} and {action.name} share the {kind} {called!r}")
    return MappingProxyType({action.name: action for action in sorted(actions, key=lambda each: each.name)})


def called(actions: Mapping[str, AnyAction], name: str) -> AnyAction | None:
    """The action of this name, or that had this name before; None where there is none."""
    if name in actions:
        return actions[name]
    return next((action for action in actions.values() if name in action.aliases), None)
