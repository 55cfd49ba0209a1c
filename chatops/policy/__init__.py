"""What may be done: a readable policy decides on facts, and names the rules that decided."""

from chatops.policy.decision import Allow, Decision, Deny, NeedsApproval, NeedsConfirmation
from chatops.policy.engine import PolicyEngine
from chatops.policy.facts import Facts, Given
from chatops.policy.loading import load_policy

__all__ = [
    "Allow",
    "Decision",
    "Deny",
    "Facts",
    "Given",
    "NeedsApproval",
    "NeedsConfirmation",
    "PolicyEngine",
    "load_policy",
]
