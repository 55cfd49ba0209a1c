"""Runbooks: what an on-call person does in a known situation. Markdown for people, typed front matter for programs."""

from chatops.runbooks.arguments import Argument, Kind
from chatops.runbooks.checking import check_calls
from chatops.runbooks.notation import WrittenCall
from chatops.runbooks.reading import load_runbooks, read_runbook
from chatops.runbooks.runbook import Runbook

__all__ = ["Argument", "Kind", "Runbook", "WrittenCall", "check_calls", "load_runbooks", "read_runbook"]
