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
        ValueError: it declares one of another name, or two actions share a word.

    """
    root = importlib.import_module(package)
    names = sorted(each.name for each in pkgutil.iter_modules(root.__path__) if not each.name.startswith("_"))
    actions: dict[str, AnyAction] = {}
    words: dict[str, str] = {}
    for name in names:
        action = getattr(importlib.import_module(f"{package}.{name}"), "ACTION", None)
        if not isinstance(action, Action):
            raise TypeError(f"{package}/{name}.py declares no ACTION")
        if action.name != name:
            raise ValueError(f"{package}/{name}.py declares the action {action.name!r}; name and file must agree")
        if action.word in words:
            raise ValueError(f"{words[action.word]} and {name} share the word {action.word!r}")
        words[action.word] = name
        actions[name] = action
    return MappingProxyType(actions)
