"""Where a form was opened, and for what: it carries that, as its results go there."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from pydantic import TypeAdapter, ValidationError


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a form carries in its metadata; empty is what there is not."""

    action: str = ""
    channel: str = ""
    thread: str = ""
    response_url: str = ""
    share: bool = False

    @property
    def text(self) -> str:
        """As metadata."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def read(cls, text: object) -> Self | None:
        """From metadata; None where it is not one of ours."""
        try:
            return TypeAdapter(cls).validate_json(text) if isinstance(text, str) else None
        except ValidationError:
            return None
