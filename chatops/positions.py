"""A YAML file that remembers on which line each key stands."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import yaml

from chatops.errors import ConfigurationError

Place = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """What a file says, and where."""

    file: Path
    content: object
    lines: dict[Place, int]

    def error(self, path: tuple[str | int, ...], message: str, *, fix: str) -> ConfigurationError:
        """The error for what stands at this path, with file and line."""
        return ConfigurationError(f"{self.file}, line {self._line(path)}: {message}.", next_step=fix)

    def _line(self, path: tuple[str | int, ...]) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(file: Path, text: bytes) -> Document:
    """The YAML document in this text; an empty one is an empty mapping.

    Raises:
        ConfigurationError: it is not YAML, has a key twice, an alias, or another top level than a mapping.

    """
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        if node is not None:
            _walk(file, node, (), lines)
        content = loader.construct_document(node) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(
            f"{file}, line {line}: this is not YAML: {error.problem}.", next_step="Correct the line."
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(f"{file}: this is not YAML.", next_step="Correct the file.") from error
    finally:
        loader.dispose()
    if not isinstance(content, dict):
        raise ConfigurationError(f"{file}, line 1: the file must be a mapping.", next_step="Begin with: people:")
    return Document(file=file, content=content, lines=lines)


def _walk(file: Path, node: yaml.Node, path: Place, lines: dict[Place, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[Hashable] = set()
        for key, value in node.value:
            if key.value in seen:
                raise ConfigurationError(
                    f"{file}, line {key.start_mark.line + 1}: {key.value} stands here twice.",
                    next_step="Keep one of them.",
                )
            seen.add(key.value)
            lines[(*path, key.value)] = key.start_mark.line + 1
            _walk(file, value, (*path, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(file, value, (*path, index), lines)
