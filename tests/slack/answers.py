"""What a person sees right after they did something."""

from dataclasses import dataclass

from tests.slack import JsonObject
from tests.slack.delivery import Delivery, Receipt
from tests.slack.views import View
from tests.slack.workspace import Message


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The acknowledgement of one delivery and what Slack shows because of it."""

    delivery: Delivery
    receipt: Receipt
    message: Message | None = None  # what the acknowledgement of a command says
    view: View | None = None  # the form the acknowledgement of a submission shows

    @property
    def is_ok(self) -> bool:
        return self.receipt.is_ok

    @property
    def took(self) -> float:
        """Seconds until the acknowledgement, by Slack's clock."""
        return self.receipt.took

    @property
    def failure(self) -> str | None:
        """The error Slack shows the person: ``operation_timeout`` or ``dispatch_failed``."""
        return self.receipt.failure

    @property
    def body(self) -> JsonObject:
        return self.receipt.body

    @property
    def errors(self) -> dict[str, str]:
        """Errors at the fields of a form, by block id."""
        return dict(self.body.get("errors") or {})

    @property
    def options(self) -> list[JsonObject]:
        """Suggested options, those in groups too."""
        grouped = [option for group in self.body.get("option_groups") or [] for option in group["options"]]
        return [*(self.body.get("options") or []), *grouped]

    @property
    def values(self) -> list[str]:
        """Values of the suggested options."""
        return [str(option["value"]) for option in self.options]

    @property
    def seen(self) -> str:
        """Text the person sees at once."""
        if self.failure is not None:
            return f"failed with the error {self.failure!r}"
        return self.message.seen if self.message else self.view.seen if self.view else ""
