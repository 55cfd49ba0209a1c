"""What would happen: the pinned phones, what is known of each, and the requests it takes."""

from chatops.planning.plan import Batch, Plan, Target

__all__ = ["Batch", "Plan", "Target"]
