"""Slack's published limits, written from its documentation and from nothing of ours.

Sources: the pages under ``docs.slack.dev/reference/block-kit`` and the lengths slack_sdk 3.48 names in its models.
Lengths are counted in Unicode code points. Every function returns findings, an empty list for what Slack would take.
"""

from tests.slack.limits.fallback import unsaid
from tests.slack.limits.mentions import broadcasts, links, mentions
from tests.slack.limits.surfaces import MESSAGE_TEXT, message_findings, options_findings, view_findings

__all__ = [
    "MESSAGE_TEXT",
    "broadcasts",
    "links",
    "mentions",
    "message_findings",
    "options_findings",
    "unsaid",
    "view_findings",
]
