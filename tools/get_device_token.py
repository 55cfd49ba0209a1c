"""Get the device token with which a client streams one phone.

The token itself is shown at a terminal only; what an assistant asks for, its person picks up there.
"""

from pydantic import AliasChoices, AliasPath, Field

from tools._action import Action, Example
from tools._endpoint import Endpoint
from tools._model import Params, Result
from tools._risk import Permission, Risk
from tools._secret import Secret
from tools._text import MaybeLine, ReportedLine
from tools._types import InstanceId
from tools._view import Fields


class DeviceTokenParams(Params):
    """Which phone."""

    instance_id: InstanceId = Field(description="Phone")


def _at(*path: str) -> AliasChoices:
    return AliasChoices(AliasPath(*path), path[-1])


class NetworkAddress(Result):
    """Where a streaming client reaches the phone; ports and types come as text or numbers (conflict 63)."""

    address: MaybeLine = None
    address_ipv6: MaybeLine = None
    audio_port: MaybeLine = Field(default=None, validation_alias=AliasChoices("aport", "audio_port"))
    audio_type: MaybeLine = Field(default=None, validation_alias=AliasChoices("atype", "audio_type"))


class DeviceAccess(Result):
    """What a streaming client needs. The device token is a secret."""

    device_token: Secret
    device_id: MaybeLine = Field(default=None, validation_alias=_at("resource", "device_id"))
    instance_id: MaybeLine = Field(
        default=None, validation_alias=AliasChoices(AliasPath("resource", "kp_id"), "instance_id")
    )
    signaling_url: MaybeLine = Field(
        default=None, validation_alias=_at("resource", "rtc", "ice_signaling", "signaling_url")
    )
    ice_servers: tuple[ReportedLine, ...] = Field(
        default=(), validation_alias=_at("resource", "rtc", "ice_signaling", "ice_servers")
    )
    expired_time: MaybeLine = Field(
        default=None,
        validation_alias=_at("resource", "rtc", "ice_signaling", "expired_time"),
        description="Streaming time in seconds, as answered",
    )
    internal: NetworkAddress | None = Field(default=None, validation_alias=_at("resource", "sdk", "internal"))
    external: NetworkAddress | None = Field(default=None, validation_alias=_at("resource", "sdk", "external"))


ACTION = Action(
    name="get_device_token",
    word="token",
    doc=__doc__,
    title="Get a device token",
    by=Endpoint(method="POST", path="/v1/instances/{instance_id}/auth"),
    params=DeviceTokenParams,
    result=DeviceAccess,
    risk=Risk.READ,
    permission=Permission("tokens:issue"),
    change=None,
    view=Fields(
        say=lambda params, _: f"A device token for {params.instance_id} was issued.",
        fields=lambda result: {
            "device": result.device_id,
            "token": "[secret]",
            "signaling": result.signaling_url,
            "address": result.external.address if result.external else None,
            "expires after (s)": result.expired_time,
        },
    ),
    examples=(
        Example(
            params=DeviceTokenParams(instance_id="Q39YyZvI"),
            sends=None,
            answers={
                "data": {
                    "resource": {
                        "sdk": {
                            "internal": {"address": None, "aport": None, "atype": None, "address_ipv6": None},
                            "external": {
                                "address": "10.83.71.187",
                                "aport": 10030,
                                "atype": 1,
                                "address_ipv6": None,
                            },
                        },
                        "rtc": {
                            "ice_signaling": {
                                "signaling_url": "http://100.93.2.248:18082",
                                "expired_time": None,
                                "ice_servers": [],
                            }
                        },
                        "device_id": "7b0cd026df8d495b8a65d628d7bec433",
                        "kp_id": "Q39YyZvI",
                    },
                    "device_token": "dee5081f40c83ddea3ded91c387351e9",
                },
                "error_code": "0",
                "error_msg": "ok",
            },
            source="4.1.7",
        ),
    ),
)
