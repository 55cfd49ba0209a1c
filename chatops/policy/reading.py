"""Rules read from a text and checked one by one.

Annotations are free text to Cedar, so a slip in one would go unseen.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from chatops.errors import ConfigurationError
from chatops.policy import cedar
from chatops.policy.rule import Obligation, Place, Rule
from chatops.policy.splitting import pieces
from chatops.policy.wording import GAPS, unknown_gaps
from chatops.roles import APPROVER, ROLE_NAMES, Role

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ANNOTATIONS = ("id", "message", "obligation", "approvers")
_OBLIGATIONS = {each.name.lower(): each for each in Obligation}


def read_rules(file: Path, text: str, schema: cedar.Schema) -> tuple[Rule, ...]:
    """The rules of this text.

    Raises:
        ConfigurationError: one cannot be used; the message names file, line and rule.

    """
    rules: list[Rule] = []
    for piece in pieces(text):
        place = Place(file=file, line=piece.line, name=piece.name)
        try:
            parsed = cedar.parse(piece.text)
        except ValueError as error:
            raise place.error(str(error), fix="Correct the rule; each one ends with a semicolon.") from None
        rule = _rule(place, piece.text, parsed)
        # After the annotations: a rule that is known by its id is easier to find than a position.
        if problem := schema.problem_of(piece.text):
            raise place.error(problem, fix="Use the words of chatops/policy/schema.cedarschema.")
        rules.append(rule)
    return tuple(rules)


def check_unique(rules: Iterable[Rule]) -> None:
    """No two rules with one id: a decision names its rules by them.

    Raises:
        ConfigurationError: there are two.

    """
    seen: dict[str, Rule] = {}
    for rule in rules:
        other = seen.setdefault(rule.id, rule)
        if other is not rule:
            first = f"{other.place.file}, line {other.place.line}"
            raise rule.place.error(f"the id is taken by the rule in {first}", fix="Give each rule an @id of its own.")


def _rule(place: Place, text: str, parsed: cedar.Parsed) -> Rule:
    notes = {name: value or "" for name, value in parsed.annotations.items()}
    if unknown := sorted(set(notes) - set(_ANNOTATIONS)):
        known = ", ".join(f"@{name}" for name in _ANNOTATIONS)
        raise place.error(f"@{unknown[0]} means nothing here", fix=f"Known are {known}.")
    if not _ID.fullmatch(notes.get("id", "")):
        raise place.error("it has no usable @id", fix='Name it in words with hyphens: @id("no-resets-at-night").')
    obligation = _obligation(place, notes, permits=parsed.permits)
    return Rule(
        id=notes["id"],
        permits=parsed.permits,
        message=_message(place, notes),
        obligation=obligation,
        approvers=_approvers(place, notes, obligation),
        place=place,
        text=text,
        body=parsed.body,
    )


def _message(place: Place, notes: Mapping[str, str]) -> str:
    message = notes.get("message", "").strip()
    if not message:
        raise place.error("it has no @message", fix="Say in one sentence what a person should know.")
    if unknown := unknown_gaps(message):
        raise place.error(f"{{{unknown[0]}}} in its @message means nothing", fix=f"Known: {', '.join(sorted(GAPS))}.")
    return message


def _obligation(place: Place, notes: Mapping[str, str], *, permits: bool) -> Obligation | None:
    if "obligation" not in notes:
        return None
    if permits:
        raise place.error("a permit cannot ask for a consent", fix="Make it a forbid … unless { context has consent }.")
    if notes["obligation"] not in _OBLIGATIONS:
        raise place.error(
            f"there is no @obligation {notes['obligation']!r}", fix=f"Known are {', '.join(_OBLIGATIONS)}."
        )
    return _OBLIGATIONS[notes["obligation"]]


def _approvers(place: Place, notes: Mapping[str, str], obligation: Obligation | None) -> tuple[Role, ...]:
    if obligation is not Obligation.APPROVAL:
        if "approvers" in notes:
            raise place.error("@approvers belongs to an approval", fix='Add @obligation("approval"), or remove it.')
        return ()
    named = [name.strip() for name in notes.get("approvers", APPROVER).split(",")]
    if unknown := [name for name in named if name not in ROLE_NAMES]:
        raise place.error(f"there is no role {unknown[0]!r}", fix=f"Known are {', '.join(ROLE_NAMES)}.")
    return tuple(role for role in ROLE_NAMES if role in named)


def read_text(file: Path, limit: int) -> str:
    """What a small text file says.

    Raises:
        ConfigurationError: it cannot be read, is no text, or is longer than ``limit`` bytes.

    """
    try:
        with file.open("rb") as opened:
            content = opened.read(limit + 1)
        text = content.decode()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is not UTF-8 text.", next_step="Save it as UTF-8.") from None
    if len(content) > limit:
        raise ConfigurationError(f"{file} is larger than {limit} bytes.")
    return text
