"""The text of a slash command or of a mention, as what is asked."""

import difflib
from collections.abc import Collection, Mapping

from chatops.surfaces.slack.asked import Asked, Help, Misread, Own, Unreadable, pointed_at
from chatops.surfaces.slack.assigned import PLAN, SHARE, assign
from chatops.surfaces.slack.command_lines import command_line
from chatops.surfaces.slack.tokens import Token, Unclosed, cleaned, tokens
from tools import AnyAction, called

OWN_COMMANDS = ("audit", "freeze", "op", "runbook", "unfreeze", "why")
"""Commands of the door itself, besides the actions and help."""
_HELP = frozenset({"help", "--help", "-h", "?"})
_SUGGESTIONS = 3
_SHOWN = 40


def read(
    text: str, actions: Mapping[str, AnyAction], *, command: str = "/phone", own: Collection[str] = OWN_COMMANDS
) -> Asked | Own | Help | Misread:
    """What is asked with this text by somebody who may ask for these actions."""
    line = cleaned(text)
    first, _, rest = line.partition(" ")
    if first.lower() in own:
        return Own(name=first.lower(), rest=rest.strip())
    try:
        words = tokens(line)
    except Unclosed as error:
        return _misread(command, line, f"{error}", error.start, error.start + 1, f"{command} help")
    asks_for_help = not words or words[0].text.lower() in _HELP
    named = words[asks_for_help:][:1]
    if not named or (asks_for_help and named[0].text.lower() in own):
        return Help()
    action = action_called(named[0].text, actions)
    if action is None:
        return _unknown(named[0], line, actions, command, own)
    if asks_for_help or any(each.text.lower() in _HELP and not each.quoted for each in words[1:]):
        return Help(action=action)
    return _asked(action, words[1:], line, command)


def action_called(name: str, actions: Mapping[str, AnyAction]) -> AnyAction | None:
    """The action of this word or name; dashes may stand for underscores, and case does not matter."""
    wanted = name.lower()
    by_word = next((each for each in actions.values() if each.word == wanted), None)
    return by_word or called(actions, wanted.replace("-", "_"))


def _asked(action: AnyAction, words: tuple[Token, ...], line: str, command: str) -> Asked | Misread:
    try:
        made = assign(action, words)
    except Unreadable as error:
        example = command_line(action, action.examples[0].params, command)
        return _misread(command, line, error.problem, error.start, error.end, example)
    return Asked(
        action=action,
        arguments=made.given,
        missing=made.missing,
        plan_only=PLAN in made.own,
        share=SHARE in made.own,
    )


def _unknown(named: Token, line: str, actions: Mapping[str, AnyAction], command: str, own: Collection[str]) -> Misread:
    candidates = {each.name: each.word for each in actions.values()}
    candidates |= {word: word for word in (*candidates.values(), *own)}
    close = difflib.get_close_matches(named.text.lower().replace("-", "_"), candidates, n=_SUGGESTIONS)
    words = list(dict.fromkeys(candidates[each] for each in close))
    shown = ascii(named.text[:_SHOWN])
    problem = f"There is no action {shown}."
    if not words:
        return _misread(command, line, problem, named.start, named.end, f"{command} help")
    line_that_works = f"{command} {line[: named.start]}{words[0]}{line[named.end :]}"
    return _misread(
        command, line, f"{problem} Did you mean {' or '.join(words)}?", named.start, named.end, line_that_works
    )


def _misread(command: str, line: str, problem: str, start: int, end: int, example: str) -> Misread:
    return Misread(problem=problem, pointed=pointed_at(command, line, start, end), example=example)
