"""Runbooks read from their files; what cannot be used is refused with file and line."""

import re
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from chatops.errors import ConfigurationError
from chatops.positions import Document, read_document
from chatops.runbooks.checking import check_form
from chatops.runbooks.notation import WrittenCall
from chatops.runbooks.runbook import FrontMatter, Runbook

_README = "README.md"
_MARK = "---\n"
_SPAN = re.compile(r"`([^`\n]+)`")
_CALL = re.compile(r"[a-z]+(?:_[a-z]+)+(?: .*)?")


def load_runbooks() -> dict[str, Runbook]:
    """Every runbook that ships, by name, in alphabetical order.

    Raises:
        ConfigurationError: one cannot be used; the message names file and line.

    """
    listed = sorted(resources.files("prompts").iterdir(), key=lambda file: file.name)
    files = [file for file in listed if file.name.endswith(".md") and file.name != _README]
    runbooks = [read_runbook(Path("prompts", file.name), file.read_bytes()) for file in files]
    return {each.name: each for each in runbooks}


def read_runbook(file: Path, content: bytes) -> Runbook:
    """The runbook in this file.

    Raises:
        ConfigurationError: it cannot be used; the message names file and line.

    """
    whole = content.decode("utf-8", "replace").replace("\r\n", "\n")
    before, _, rest = whole.partition(_MARK)
    front, mark, body = rest.partition(f"\n{_MARK}")
    if before or not mark:
        raise ConfigurationError(
            f"{file}, line 1: front matter must stand first, between two lines ---.", next_step="See prompts/README.md."
        )
    # With its first line, so that lines are counted as in the file.
    document = read_document(file, (_MARK + front).encode())
    try:
        head = FrontMatter.model_validate(document.content)
    except ValidationError as error:
        raise document.invalid(error) from None
    text = body.strip("\n") + "\n"
    first = whole.count("\n", 0, len(whole) - len(body.lstrip("\n"))) + 1
    places = [document.line(("reads", number)) for number in range(len(head.reads))]
    runbook = Runbook(
        document=document,
        head=head,
        text=text,
        first=first,
        reads=_written(document, zip(head.reads, places, strict=True)),
        steps=_written(document, _calls_in(text, first)),
    )
    check_form(runbook)
    return runbook


def _calls_in(text: str, first: int) -> Iterator[tuple[str, int]]:
    """Whatever stands in backticks and begins like the name of an action, with its line."""
    for number, line in enumerate(text.split("\n"), first):
        yield from ((span, number) for span in _SPAN.findall(line) if _CALL.fullmatch(span))


def _written(document: Document, texts: Iterable[tuple[str, int]]) -> tuple[WrittenCall, ...]:
    calls = []
    for text, line in texts:
        try:
            calls.append(WrittenCall.read(text, line=line))
        except ValueError as error:
            raise document.error_at(line, f"{text}: {error}", fix="Correct the call.") from None
    return tuple(calls)
