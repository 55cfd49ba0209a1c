"""What comes from phones and from the API is cleaned where it enters: no field of any result is plain text."""

import types
from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import AwareDatetime, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo

from chatops.control import every_action
from tools import Endpoint, Result
from tools._text import _block, _document, _id, _line

SAFE = (Enum, Result, SecretStr, AwareDatetime, int, float, bool, type(None))
CLEANING = (_line, _block, _id, _document)
OWN_WORDS = {
    ("Oddity", "what"): "our own sentence",
    ("FleetSummary", "running_status"): "words of an enumeration, counted",
    ("FleetSummary", "backup_status"): "words of an enumeration, counted",
    ("FleetSummary", "restore_status"): "words of an enumeration, counted",
}


def results_below(model: type[Result]) -> Iterator[type[Result]]:
    yield model
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            yield from results_below(inner)


def models_in(annotation: Any) -> Iterator[type[Result]]:  # noqa: ANN401  # any annotation
    if isinstance(annotation, type) and issubclass(annotation, Result):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def every_result() -> list[type[Result]]:
    found: dict[str, type[Result]] = {}
    for action in every_action().values():
        models = [action.result]
        if isinstance(action.by, Endpoint) and action.by.listing is not None:
            models.append(action.by.listing.page)
        for model in models:
            found |= {each.__name__: each for each in results_below(model)}
    return list(found.values())


def unclean(annotation: Any, metadata: tuple[Any, ...] = ()) -> bool:  # noqa: ANN401  # any annotation
    """Whether a text can come through this annotation as it is."""
    if any(isinstance(each, BeforeValidator) and each.func in CLEANING for each in metadata):
        return False
    if hasattr(annotation, "__metadata__"):
        return unclean(annotation.__origin__, annotation.__metadata__)
    if get_origin(annotation) is Literal:
        return False
    if annotation is str or annotation is Any or annotation is object:
        return True
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType, tuple, list, dict):
        return any(unclean(inner) for inner in get_args(annotation) if inner is not Ellipsis)
    return not isinstance(annotation, type) or not is_safe(annotation)


def is_safe(kind: type) -> bool:
    return issubclass(kind, SAFE)


def string_fields() -> list[object]:
    return [
        pytest.param(model, name, id=f"{model.__name__}.{name}")
        for model in every_result()
        for name in model.model_fields
    ]


def test_models_were_found() -> None:
    names = {model.__name__ for model in every_result()}
    assert {
        "Instance",
        "InstancePage",
        "JobStatus",
        "CommandResult",
        "Image",
        "Sku",
        "Order",
        "Accepted",
        "Waiting",
    } <= names


def test_plain_text_would_be_noticed() -> None:
    class Careless(Result):
        text: str
        several: tuple[str, ...] = ()
        maybe: str | None = None

    assert [unclean(field.annotation, tuple(field.metadata)) for field in Careless.model_fields.values()] == [True] * 3


@pytest.mark.parametrize(("model", "name"), string_fields())
def test_field_of_a_result_is_an_enumeration_a_cleaned_text_a_number_or_a_secret(
    model: type[Result], name: str
) -> None:
    field: FieldInfo = model.model_fields[name]
    assert unclean(field.annotation, tuple(field.metadata)) is ((model.__name__, name) in OWN_WORDS)
