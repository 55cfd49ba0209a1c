"""The text of a slash command or of a mention, as what is asked."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from chatops.parameters import Kind, parameters_of
from chatops.parsing import Problem, problems_of
from chatops.surfaces.slack.asked import Asked, Help, Misread, Own, Unreadable, pointed_at
from chatops.surfaces.slack.assigned import PLAN, SHARE, Assigned, assign
from chatops.surfaces.slack.command_lines import command_line
from chatops.surfaces.slack.hiding import hidden
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
    typed = _Typed(line=line, actions=actions, command=command)
    try:
        words = tokens(line)
    except Unclosed as error:
        return typed.misread(f"{error}", error.start, error.start + 1, f"{command} help")
    asks_for_help = not words or words[0].text.lower() in _HELP
    named = words[asks_for_help:][:1]
    if not named or (asks_for_help and named[0].text.lower() in own):
        return Help()
    action = action_called(named[0].text, actions)
    if action is None:
        return _unknown(named[0], typed, actions, own)
    if asks_for_help or any(each.text.lower() in _HELP and not each.quoted for each in words[1:]):
        return Help(action=action)
    return _asked(action, words, typed)


def first_word(text: str) -> str:
    """What is named first."""
    return cleaned(text).partition(" ")[0]


def action_called(name: str, actions: Mapping[str, AnyAction]) -> AnyAction | None:
    """The action of this word or name; dashes may stand for underscores, and case does not matter."""
    wanted = name.lower()
    by_word = next((each for each in actions.values() if each.word == wanted), None)
    return by_word or called(actions, wanted.replace("-", "_"))


def _asked(action: AnyAction, words: tuple[Token, ...], typed: "_Typed") -> Asked | Misread:
    example = command_line(action, action.examples[0].params, typed.command)
    try:
        made = assign(action, words[1:])
    except Unreadable as error:
        return typed.misread(error.problem, error.start, error.end, example)
    problem = next((each for each in problems_of(action, made.given) if not _will_be_asked(each, made)), None)
    if problem is not None:
        at = _word_of(problem, made, words[0])
        name = f"{problem.place[0]}: " if problem.place else ""
        return typed.misread(f"{name}{problem.sentence}", at.start, at.end, example)
    return Asked(
        action=action,
        arguments=made.given,
        missing=made.missing,
        plan_only=PLAN in made.own,
        share=SHARE in made.own,
    )


def _will_be_asked(problem: Problem, made: Assigned) -> bool:
    """Whether a form asks for it anyway."""
    return problem.is_missing or (not problem.place and bool(made.missing))


def _word_of(problem: Problem, made: Assigned, otherwise: Token) -> Token:
    """The word that what is wrong has come from."""
    origins = made.origins.get(str(problem.place[0]), []) if problem.place else []
    at = problem.place[1] if len(problem.place) > 1 else 0
    return origins[at if isinstance(at, int) and at < len(origins) else 0] if origins else otherwise


def _unknown(named: Token, typed: "_Typed", actions: Mapping[str, AnyAction], own: Collection[str]) -> Misread:
    candidates = {each.name: each.word for each in actions.values()}
    candidates |= {word: word for word in (*candidates.values(), *own)}
    close = difflib.get_close_matches(named.text.lower().replace("-", "_"), candidates, n=_SUGGESTIONS)
    words = list(dict.fromkeys(candidates[each] for each in close))
    problem = f"There is no action {typed.shown[named.start : named.end][:_SHOWN]!a}."
    if not words:
        return typed.misread(problem, named.start, named.end, f"{typed.command} help")
    line_that_works = f"{typed.command} {words[0]}"
    if typed.shown == typed.line:
        line_that_works = f"{typed.command} {typed.line[: named.start]}{words[0]}{typed.line[named.end :]}"
    return typed.misread(f"{problem} Did you mean {' or '.join(words)}?", named.start, named.end, line_that_works)


def _secrets(actions: Mapping[str, AnyAction]) -> frozenset[str]:
    return frozenset(
        each.name for action in actions.values() for each in parameters_of(action) if each.kind is Kind.SECRET
    )


@dataclass(frozen=True, kw_only=True)
class _Typed:
    """A line, and how it is repeated."""

    line: str
    actions: Mapping[str, AnyAction]
    command: str

    @cached_property
    def shown(self) -> str:
        """The line without secrets, as long as it was."""
        return hidden(self.line, _secrets(self.actions))

    def misread(self, problem: str, start: int, end: int, example: str) -> Misread:
        """What is wrong with it between these places."""
        return Misread(problem=problem, pointed=pointed_at(self.command, self.shown, start, end), example=example)
