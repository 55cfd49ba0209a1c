"""Everything the app asked of the Web API, with bodies and answers."""

from dataclasses import dataclass

from tests.slack import JsonObject


@dataclass(kw_only=True)
class Call:
    """One request; ``answer`` is what went back, or a sentence on what went wrong on purpose."""

    method: str
    token: str
    arguments: JsonObject
    at: float
    answer: JsonObject | str = ""

    @property
    def is_ok(self) -> bool:
        return isinstance(self.answer, dict) and bool(self.answer.get("ok"))

    def text(self, name: str, default: str = "") -> str:
        """An argument as text; absent and null are the default."""
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """An argument as yes or no, as forms and JSON spell it."""
        return self.arguments.get(name) in (True, 1, "1", "true", "True")
