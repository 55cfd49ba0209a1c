"""Cedar through cedarpy: the only module that knows it.

Two traps of it fail open, and both are closed here. A forbid whose condition errors is *skipped*, so the schema is
always passed and any diagnostic is a problem. A role or an action that does not exist is no error without enumerated
entities and validation, so both are used.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

import cedarpy
from pydantic import JsonValue

from chatops.policy.evaluator import Request, Someone, Verdict
from chatops.policy.rule import Rule

_RESOURCE: Final = {"type": "Fleet", "id": "phones"}
_PEOPLE_KEPT = 256


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """One policy as Cedar reads it."""

    permits: bool
    annotations: Mapping[str, str | None]
    body: Mapping[str, JsonValue]


def parse(text: str) -> Parsed:
    """The one policy that stands in this text.

    Raises:
        ValueError: it is no policy, or a template.

    """
    document = json.loads(cedarpy.policies_to_json_str(text))
    if document["templates"] or len(document["staticPolicies"]) != 1:
        raise ValueError("it has slots (?principal, ?resource), or is more than one rule")
    (body,) = document["staticPolicies"].values()
    return Parsed(permits=body["effect"] == "permit", annotations=body.get("annotations", {}), body=body)


@dataclass(frozen=True)
class Schema:
    """A checked schema."""

    handle: cedarpy.Schema

    @classmethod
    def of(cls, text: str) -> "Schema":
        """The schema that this text describes.

        Raises:
            ValueError: it cannot be used.

        """
        return cls(cedarpy.Schema.from_str(text))

    def problem_of(self, text: str) -> str | None:
        """What is wrong with the words that one policy uses, or None."""
        found = cedarpy.validate_policies(text, self.handle)
        if found.validation_passed:
            return None
        first = found.errors[0].error if found.errors else "it does not pass validation"
        return first.removeprefix("for policy `policy0`").lstrip(",: ")


@dataclass(frozen=True, kw_only=True)
class CedarEvaluator:
    """Rules as immutable handles: nothing is parsed again for a decision."""

    policies: cedarpy.PolicySet
    schema: Schema
    entities: Callable[[tuple[Someone, ...]], cedarpy.Entities]

    @classmethod
    def of(cls, rules: Iterable[Rule], schema: Schema) -> "CedarEvaluator":
        """The rules under their own ids."""
        bodies = {rule.id: rule.body for rule in rules}
        document = {"templates": {}, "staticPolicies": bodies, "templateLinks": []}
        return cls(
            policies=cedarpy.PolicySet.from_json_str(json.dumps(document)),
            schema=schema,
            # A decision asks several times of the same few people.
            entities=lru_cache(_PEOPLE_KEPT)(partial(_entities, schema)),
        )

    def evaluate(self, request: Request) -> Verdict:
        """What the rules say; about 0.1 ms."""
        try:
            entities = self.entities(_people(request))
            asked = {
                "principal": {"type": "Person", "id": request.person.name},
                "action": {"type": "Action", "id": request.action},
                "resource": _RESOURCE,
                "context": json.dumps(request.context),
            }
            answer = cedarpy.is_authorized(asked, self.policies, entities, schema=self.schema.handle)
        except (ValueError, TypeError) as error:
            return Verdict(allowed=False, rules=(), problems=(str(error) or type(error).__name__,))
        decided = answer.decision in (cedarpy.Decision.Allow, cedarpy.Decision.Deny)
        problems = tuple(answer.diagnostics.errors) or (() if decided else ("no decision was reached",))
        return Verdict(
            allowed=answer.decision is cedarpy.Decision.Allow and not problems,
            rules=tuple(answer.diagnostics.reasons),
            problems=problems,
        )


def _people(request: Request) -> tuple[Someone, ...]:
    # One entity for one name: whoever consents to their own call is who they are at the door.
    if request.consenter is None or request.consenter.name == request.person.name:
        return (request.person,)
    return (request.person, request.consenter)


def _entities(schema: Schema, people: tuple[Someone, ...]) -> cedarpy.Entities:
    return cedarpy.Entities.from_json_str(json.dumps([_entity(each) for each in people]), schema=schema.handle)


def _entity(someone: Someone) -> JsonValue:
    return {
        "uid": {"type": "Person", "id": someone.name},
        "attrs": {"named": someone.named},
        "parents": [{"type": "Role", "id": role} for role in sorted(someone.roles)],
    }


def entity(kind: str, name: str) -> JsonValue:
    """A reference to an entity inside a context."""
    return {"__entity": {"type": kind, "id": name}}


def moment(text: str) -> JsonValue:
    """A point in time inside a context, in ISO 8601 with Z."""
    return {"__extn": {"fn": "datetime", "arg": text}}
