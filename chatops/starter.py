"""The first team file: commented, for the person at the keyboard, as operator."""

import json
import os
import re
import shlex
from pathlib import Path

from chatops.errors import ConfigurationError
from chatops.team import check_folder

_PERSON = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_ANYBODY = "me"

_TEXT = """\
# chatops.yaml: who may do what. Nobody who does not stand here may do anything.
# An unknown key, or a value that cannot be used, is refused with its line.

# People by name. The name is what the audit writes down.
people:
  {person}:
    # viewer reads; operator reads and changes; approver may approve what others ask for, and sees what they did;
    # admin sees that as well, and lets go on what was frozen.
    roles: [operator]
    # Account names on this machine: who runs chatops as one of them is this person, at a terminal and over MCP.
    terminal: [{account}]
    # Who the person is for the identity provider of MCP over HTTP (chatops serve): issuer and subject.
    # oidc: ["https://id.example.com|alice-sub"]
    # Personal tokens do the same without one. chatops token new prints a token, once, and its entry for this place.
    # tokens:
    #   - {{name: laptop, hash: "sha256:…", expires: 2027-01-01}}
    # Who the person is in Slack: team and user id, as Slack's own links show them.
    # slack: ["T01:U0ALICE"]
  # Without an approver besides whoever asks, what needs an approval is refused.
  # bob:
  #   roles: [operator, approver]
  #   terminal: [bob]

# Roles that groups of the identity provider (claim groups) and of Slack bring to people who stand above; operator at
# most.
slack_usergroups: {{}}               # {{"T01:S0ONCALL": [operator]}}
oidc_groups: {{}}                    # {{phone-oncall: [operator]}}

terminal:
  # os-user: the account of this machine says who is at the terminal.
  # environment: CHATOPS_AS says it, and anybody can be anyone. For demos and tests only.
  trust: os-user
  # Whether approvals may be given at a terminal.
  may_approve: false

limits:
  # How many phones are few: beyond it, what is destructive needs an approval by somebody else, and what is disruptive
  # does through an assistant.
  small: 5
  # The most phones in one changing call.
  max_targets: 500
  # The largest share of the fleet in one changing call, 0 to 1.
  max_fleet_share: 0.2
  # The most phones in one order.
  instances_per_order: 20
  # The most orders of one day.
  orders_per_day: 5

# Asking somebody else: how long a request stays open (30s, 30m, 2h, 1d). Nobody ever approves what they asked for
# themselves. The channel is that of Slack where it is asked, besides the people who may approve.
approvals:
  expire_after: 30m
  # channel: "T01:C0ONCALL"
  self_approval: false

# Times in which nothing is changed, with a zone; reads go on. Only this file lifts them.
# freeze:
#   - {{from: "2026-12-24T00:00:00+01:00", until: "2026-12-27T00:00:00+01:00", reason: holidays}}
freeze: []
"""


def team_text(account: str) -> str:
    """The file for the person with this account."""
    person = account if _PERSON.fullmatch(account) else _ANYBODY
    return _TEXT.format(person=json.dumps(person), account=json.dumps(account))


def write_team_file(file: Path, account: str) -> None:
    """Write it where nothing is yet, for its owner's eyes only.

    Raises:
        ConfigurationError: there is one already, or it cannot be written, or others may replace it there.

    """
    try:
        _make_folders(file.parent)
        check_folder(file)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if not file.exists():
            raise ConfigurationError(
                f"{file} is a link that leads nowhere: there is no {file.readlink()}.",
                next_step=f"Remove the link, or make what it leads to: rm {shlex.quote(str(file))}",
            ) from None
        raise ConfigurationError(
            f"There is a team file already: {file}.",
            next_step="Edit it, or let CHATOPS_TEAM_FILE name another place.",
        ) from None
    except OSError as error:
        raise ConfigurationError(f"The team file {file} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(team_text(account))
    except OSError as error:
        file.unlink(missing_ok=True)
        raise ConfigurationError(f"The team file {file} cannot be written: {error.strerror}.") from error


def _make_folders(folder: Path) -> None:
    """Each missing folder for its owner only; pathlib would make those in between for everybody."""
    if not folder.exists():
        _make_folders(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
