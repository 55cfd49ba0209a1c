"""A stand-in for the CloudDevice API and for IAM, over real HTTP: stateful, seedable, strict, faulty on demand.

It imports nothing of the rest of this project. A witness that read our declarations would prove nothing.
"""

from chatops.simulator.application import build_app
from chatops.simulator.faults import Fault
from chatops.simulator.records import RequestRecord
from chatops.simulator.serving import RunningSimulator, run, serve
from chatops.simulator.settings import (
    ACCESS_KEY,
    DEMO_ACCOUNT,
    DOMAIN,
    OTHER_ACCESS_KEY,
    OTHER_ACCOUNT,
    OTHER_DOMAIN,
    OTHER_PASSWORD,
    OTHER_PROJECT_ID,
    OTHER_SECRET_KEY,
    OTHER_TENANT_ID,
    OTHER_USERNAME,
    PASSWORD,
    PROJECT,
    PROJECT_ID,
    SECRET_KEY,
    SECURITY_TOKEN,
    TEMPORARY_ACCESS_KEY,
    TEMPORARY_SECRET_KEY,
    TENANT_ID,
    USERNAME,
    Account,
    Key,
    SimulatorSettings,
)
from chatops.simulator.state import FOREIGN_PHONE_ID, Simulator

__all__ = [
    "ACCESS_KEY",
    "DEMO_ACCOUNT",
    "DOMAIN",
    "FOREIGN_PHONE_ID",
    "OTHER_ACCESS_KEY",
    "OTHER_ACCOUNT",
    "OTHER_DOMAIN",
    "OTHER_PASSWORD",
    "OTHER_PROJECT_ID",
    "OTHER_SECRET_KEY",
    "OTHER_TENANT_ID",
    "OTHER_USERNAME",
    "PASSWORD",
    "PROJECT",
    "PROJECT_ID",
    "SECRET_KEY",
    "SECURITY_TOKEN",
    "TEMPORARY_ACCESS_KEY",
    "TEMPORARY_SECRET_KEY",
    "TENANT_ID",
    "USERNAME",
    "Account",
    "Fault",
    "Key",
    "RequestRecord",
    "RunningSimulator",
    "Simulator",
    "SimulatorSettings",
    "build_app",
    "run",
    "serve",
]
