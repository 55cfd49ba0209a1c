"""What may be done: a readable policy decides on facts, and names the rules that decided."""

from chatops.policy.decision import Allow, Decision, Deny, NeedsApproval, NeedsConfirmation
from chatops.policy.engine import PolicyEngine, strictness
from chatops.policy.facts import Facts, Given
from chatops.policy.holder import Kept, PolicyHolder, Reloaded
from chatops.policy.loading import load_policy
from chatops.policy.reports import CasesReport, Checked, Explanation, check, explain, run_cases

__all__ = [
    "Allow",
    "CasesReport",
    "Checked",
    "Decision",
    "Deny",
    "Explanation",
    "Facts",
    "Given",
    "Kept",
    "NeedsApproval",
    "NeedsConfirmation",
    "PolicyEngine",
    "PolicyHolder",
    "Reloaded",
    "check",
    "explain",
    "load_policy",
    "run_cases",
    "strictness",
]
