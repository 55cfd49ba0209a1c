"""Runbooks as somebody might write them."""

from pathlib import Path

from chatops.runbooks import Runbook, read_runbook

HEAD = """\
---
name: black_screen
title: Black screen
description: A user sees nothing.
arguments:
  - name: instance_id
    kind: instance_id
    description: The phone
    example: a44uhlf7
    required: true
  - name: region
    kind: region
    description: Where it is
    example: cn-north-7
  - name: words
    kind: text
    description: What the user says
    example: All is black
reads:
  - query_status instance_ids={instance_id}
  - fleet_summary region={region}
---
"""
TEXT = "1. Look: `query_status instance_ids={instance_id}`.\n2. In {region}: `reboot_instances instance_ids=PHONES`.\n"


def runbook(head: str = HEAD, text: str = TEXT, *, name: str = "black_screen") -> Runbook:
    return read_runbook(Path("prompts", f"{name}.md"), (head + text).encode())
