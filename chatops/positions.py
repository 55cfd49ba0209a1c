"""A YAML file that remembers on which line each key stands."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from chatops.errors import ConfigurationError
from chatops.mistakes import mistake

Place = tuple[str | int, ...]
# Ten times as fast where PyYAML was built with it, and ended by the system for a file of 100,000 brackets.
_FAST: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, kw_only=True)
class Document:
    """What a file says, and where."""

    file: Path
    content: object
    lines: dict[Place, int]

    def error(self, path: tuple[str | int, ...], message: str, *, fix: str) -> ConfigurationError:
        """The error for what stands at this path, with file and line."""
        return self.error_at(self.line(path), message, fix=fix)

    def error_at(self, line: int, message: str, *, fix: str) -> ConfigurationError:
        """The error for what stands on this line."""
        return ConfigurationError(f"{self.file}, line {line}: {message}.", next_step=fix)

    def invalid(self, error: ValidationError) -> ConfigurationError:
        """The error for the first thing that the model of this file does not take."""
        problems = error.errors(include_url=False, include_input=False)
        # A misspelt key is missing under its right name as well: the spelling is what helps.
        problem = next((each for each in problems if each["type"] == "extra_forbidden"), problems[0])
        path = tuple(problem["loc"])
        place = ".".join(str(part) for part in path if part != "[key]")
        if problem["type"] == "extra_forbidden":
            return self.error(path, f"unknown key {place}", fix="Remove it, or correct its spelling.")
        return self.error(path, f"{place}: {mistake(problem)}", fix=f"Correct {place}.")

    def line(self, path: tuple[str | int, ...]) -> int:
        """The line of what stands at this path, or of the nearest thing above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(file: Path, text: bytes, *, ours: bool = False) -> Document:
    """The YAML document in this text; an empty one is an empty mapping. ``ours`` is what nobody else has written.

    Raises:
        ConfigurationError: it is not YAML, has a key twice, an alias, or another top level than a mapping.

    """
    try:
        content, lines = _compose(file, text, ours=ours)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(
            f"{file}, line {line}: this is not YAML: {error.problem}.", next_step="Correct the line."
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file}: this is not YAML.", next_step="Correct the file.") from error
    if not isinstance(content, dict):
        raise ConfigurationError(
            f"{file}, line 1: the file must be a mapping.", next_step="Write key: value, a line each."
        )
    return Document(file=file, content=content, lines=lines)


def _compose(file: Path, text: bytes, *, ours: bool) -> tuple[object, dict[Place, int]]:
    loader = (_FAST if ours else yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, {}
        walk = _Walk(file=file, lines={}, visited=set())
        walk.through(node, ())
        return loader.construct_document(node), walk.lines
    finally:
        loader.dispose()


@dataclass(frozen=True, kw_only=True)
class _Walk:
    file: Path
    lines: dict[Place, int]
    visited: set[int]

    def through(self, node: yaml.Node, path: Place) -> None:
        if id(node) in self.visited:
            raise self._error(node, "an alias (*) stands for something else here", "Write it out.")
        self.visited.add(id(node))
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            self._mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self.through(value, (*path, index))

    def _mapping(self, node: yaml.MappingNode, path: Place) -> None:
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._error(key, "a key must be a word", "Correct the key.")
            if key.value in seen:
                raise self._error(key, f"{key.value} stands here twice", "Keep one of them.")
            seen.add(key.value)
            self.lines[(*path, key.value)] = key.start_mark.line + 1
            self.through(value, (*path, key.value))

    def _error(self, node: yaml.Node, message: str, fix: str) -> ConfigurationError:
        return ConfigurationError(f"{self.file}, line {node.start_mark.line + 1}: {message}.", next_step=fix)
