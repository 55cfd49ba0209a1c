"""Words of an action as raw arguments: phones by themselves, ``key=value``, ``--flag value``, and filters."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from chatops import values
from chatops.parameters import Kind, Parameter, parameters_of, place_of
from chatops.surfaces.slack.asked import Unreadable
from chatops.surfaces.slack.tokens import Token
from tools import AnyAction
from tools._where import KEYS

_BOOLEANS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_WHERE = "where"
PLAN, SHARE = "plan", "share"
_OWN = (PLAN, SHARE)
_SEVERAL = 2


@dataclass(kw_only=True)
class Assigned:
    """What the words come to, while they are read."""

    action: AnyAction
    parameters: dict[str, Parameter]
    place: Parameter | None
    given: dict[str, JsonValue] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    origins: dict[str, list[Token]] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """Required params that were not given; of phones and a filter, one will do."""
        left = [each.name for each in self.parameters.values() if each.required and each.name not in self.given]
        phones = "instance_ids" in self.parameters and not self.given.keys() & {"instance_ids", _WHERE}
        return (*(["instance_ids"] if phones else []), *left)


def assign(action: AnyAction, words: Sequence[Token]) -> Assigned:
    """The arguments that these words write.

    Raises:
        Unreadable: a word cannot be read; nothing is guessed.

    """
    parameters = parameters_of(action)
    made = Assigned(action=action, parameters={each.name: each for each in parameters}, place=place_of(parameters))
    left = iter(words)
    for token in left:
        if token.text.startswith("--") and not (token.quoted and "=" not in token.text):
            _flag(made, token, left)
        else:
            for piece in _pieces(made, token):
                _word(made, piece)
    return made


def _flag(made: Assigned, token: Token, left: Iterator[Token]) -> None:
    name, sign, value = token.text[2:].partition("=")
    name = name.lower().replace("-", "_")
    if name in _OWN and not sign:
        if name == PLAN and made.action.change is None:
            raise Unreadable(f"{made.action.word} has no plan: --plan goes with changes of phones", token)
        made.own.add(name)
        return
    turned_off = made.parameters.get(name.removeprefix("no_"))
    if name.startswith("no_") and not sign and turned_off is not None and turned_off.kind is Kind.FLAG:
        _put(made, turned_off, "no", token)
        return
    key = _key(made, name, token)
    if not sign and key is not None and key.kind is Kind.FLAG:
        value = "yes"
    elif not sign:
        following = next(left, None)
        if following is None or (following.text.startswith("--") and not following.quoted):
            raise Unreadable(f"--{name.replace('_', '-')} needs a value", token)
        value, token = following.text, following
    _give(made, name, key, value, token)


def _word(made: Assigned, token: Token) -> None:
    name, sign, value = token.text.partition("=")
    if sign and name.replace("_", "").replace("-", "").isalnum():
        name = name.lower().replace("-", "_")
        _give(made, name, _key(made, name, token), value, token)
    elif made.place is None:
        raise Unreadable(f"{made.action.word} takes no word by itself; write key=value", token)
    elif made.place.name in made.given and made.place.kind is not Kind.WORDS:
        raise Unreadable(f"{made.action.word} takes one {made.place.name}, and this is a second one", token)
    else:
        _put(made, made.place, token.text, token)


def _pieces(made: Assigned, token: Token) -> tuple[Token, ...]:
    """``region=cn-north-7,state=stopped`` is two words, if every part names something that this action knows.

    Where the first one is what phones are chosen by, the others must be something that it knows as well.
    """
    known = made.parameters.keys() | (KEYS if _WHERE in made.parameters else set())
    pairs = [each.text.partition("=") for each in token.parts]
    names = [name.lower().replace("-", "_") for name, sign, _ in pairs if sign and name.isascii()]
    if len(pairs) < _SEVERAL or len(names) < len(pairs) or names[0] not in known:
        return (token,)
    return token.parts if names[0] in KEYS or all(name in known for name in names) else (token,)


def _key(made: Assigned, name: str, token: Token) -> Parameter | None:
    """The parameter of this name; None where it is a key of the filter."""
    if name in made.parameters:
        return made.parameters[name]
    known = [*made.parameters]
    if _WHERE in made.parameters:
        if name in KEYS:
            return None
        known += KEYS
    close = difflib.get_close_matches(name, known, n=2)
    hint = f"did you mean {' or '.join(close)}?" if close else f"it takes {', '.join(known) or 'nothing'}."
    raise Unreadable(f"{made.action.word} does not know {name[:40]!a}: {hint}", token)


def _give(made: Assigned, name: str, key: Parameter | None, value: str, token: Token) -> None:
    if not value.strip():
        raise Unreadable(f"{name} needs a value: {name}=…", token)
    if key is not None:
        _put(made, key, value, token)
        return
    made.origins.setdefault(_WHERE, []).append(token)
    before = made.given.get(_WHERE)
    made.given[_WHERE] = f"{before},{name}={value}" if before else f"{name}={value}"


def _put(made: Assigned, key: Parameter, text: str, token: Token) -> None:
    origins = made.origins.setdefault(key.name, [])
    if key.kind is Kind.WORDS:
        before, more = made.given.get(key.name), _value(key, text, token)
        origins += [token] * (len(more) if isinstance(more, list) else 1)
        made.given[key.name] = (before if isinstance(before, list) else []) + (more if isinstance(more, list) else [])
        return
    if key.name in made.given:
        raise Unreadable(f"{key.name} stands there twice", token)
    made.given[key.name] = _value(key, text, token)
    origins.append(token)


def _value(key: Parameter, text: str, token: Token) -> JsonValue:
    if key.kind is Kind.SECRET:
        # What is typed after a command is kept by Slack; what is filled into a form is not.
        raise Unreadable(f"{key.name} is a secret: leave it out here, and a form will ask for it", token)
    try:
        return converted(key, text)
    except ValueError as error:
        raise Unreadable(f"{key.name}: {error}", token) from None


def converted(key: Parameter, text: str) -> JsonValue:
    """What was typed, as the value of this parameter.

    Raises:
        ValueError: it is none; the message says what it has to be.

    """
    if key.kind is Kind.WORDS:
        return values.words([text])
    if key.kind is Kind.RECORD:
        return values.record(text, key.parts)
    if key.kind is Kind.RECORDS:
        return values.records([text])
    return _scalar(key, text)


def _scalar(key: Parameter, text: str) -> JsonValue:
    if key.kind is Kind.FLAG:
        if text.lower() not in _BOOLEANS:
            raise ValueError("say yes or no")
        return _BOOLEANS[text.lower()]
    if key.kind is Kind.CHOICE:
        return _choice(key, text)
    if key.kind in (Kind.INTEGER, Kind.NUMBER):
        return _number(key, text)
    return text


def _choice(key: Parameter, text: str) -> str:
    meant = {each.lower(): each for each in key.choices}
    if text.lower() not in meant:
        raise ValueError(f"it is one of {', '.join(key.choices)}")
    return meant[text.lower()]


def _number(key: Parameter, text: str) -> JsonValue:
    number = values.read_json(text) if text.isascii() else None
    whole = isinstance(number, int) and not isinstance(number, bool)
    if not whole and not (key.kind is Kind.NUMBER and isinstance(number, float)):
        raise ValueError("it is a whole number" if key.kind is Kind.INTEGER else "it is a number")
    return number
