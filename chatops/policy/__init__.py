"""What may be done: a readable policy decides on facts, and names the rules that decided."""

from chatops.policy.decision import Allow, Decision, Deny, NeedsApproval, NeedsConfirmation
from chatops.policy.engine import PolicyEngine, strictness
from chatops.policy.facts import Facts, Given
from chatops.policy.holder import Kept, PolicyHolder, Reloaded
from chatops.policy.loading import check_owned, load_policy
from chatops.policy.reports import CasesReport, Checked, Explanation, check, explain, run_cases
from chatops.policy.words import in_words

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
    "check_owned",
    "explain",
    "in_words",
    "load_policy",
    "run_cases",
    "strictness",
]
