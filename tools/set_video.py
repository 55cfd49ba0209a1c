"""Set bit rate and frame rate of phones' video.

One specification per definition holds for every network and encoding, except where overrides says otherwise. The
settings cannot be read back.
"""

from itertools import product
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from tools._action import Action, Example
from tools._change import Change, Resend, Settled, Unverifiable
from tools._endpoint import Batch, Body, Endpoint
from tools._model import Accepted, Params
from tools._risk import Permission, Risk
from tools._text import phones
from tools._types import Targets
from tools._view import Receipt

Network = Literal["MOBILE_NETWORK", "WIFI", "WIRED"]
Encoding = Literal["H264", "H265"]
_NETWORKS: tuple[Network, ...] = ("MOBILE_NETWORK", "WIFI", "WIRED")
_ENCODINGS: tuple[Encoding, ...] = ("H264", "H265")
_BitRate = Annotated[int, Field(ge=100, le=10_000, multiple_of=100)]


class VideoSpec(Params):
    """Bit rate and frame rate: the overview speaks of resolution, the call does not set it (conflict 71)."""

    kbps: _BitRate = Field(description="100-10000, steps of 100")
    fps: Literal[30, 60] = Field(description="Frames per second")


class Override(Params):
    """Another specification for some networks and encodings; None means all of them."""

    network: Network | None = Field(default=None, description="All if absent")
    encoding: Encoding | None = Field(default=None, description="All if absent")
    p540: VideoSpec | None = Field(default=None, description="540P")
    p720: VideoSpec | None = Field(default=None, description="720P")
    p1080: VideoSpec | None = Field(default=None, description="1080P")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.p540 or self.p720 or self.p1080):
            raise ValueError("an override names at least one of p540, p720, p1080")
        return self

    def covers(self, network: Network, encoding: Encoding) -> bool:
        """Whether it speaks of this combination."""
        return self.network in (None, network) and self.encoding in (None, encoding)


class SetVideoParams(Targets):
    """Phones, and what their video is set to."""

    p540: VideoSpec = Field(description="540P")
    p720: VideoSpec = Field(description="720P")
    p1080: VideoSpec = Field(description="1080P")
    overrides: Annotated[tuple[Override, ...], Field(max_length=6)] = Field(default=(), description="Later ones win")


def _wire(spec: VideoSpec) -> JsonValue:
    return {"code_rate": spec.kbps, "fps": spec.fps}


def _combination(params: SetVideoParams, network: Network, encoding: Encoding) -> JsonValue:
    p540, p720, p1080 = params.p540, params.p720, params.p1080
    for override in params.overrides:
        if override.covers(network, encoding):
            p540, p720, p1080 = override.p540 or p540, override.p720 or p720, override.p1080 or p1080
    return {
        "network_type": network,
        "encoding_type": encoding,
        "video_spec_groups": [
            {"definition_540P": _wire(p540), "definition_720P": _wire(p720), "definition_1080P": _wire(p1080)}
        ],
    }


def _body(params: SetVideoParams) -> Body:
    """The API wants all six combinations of network and encoding, each once (code 1005, conflicts 61 and 62)."""
    return {
        "instance_ids": list(params.instance_ids),
        "instance_settings": [_combination(params, *each) for each in product(_NETWORKS, _ENCODINGS)],
    }


_PRINTED: JsonValue = {
    "definition_540P": {"code_rate": 6000, "fps": 30},
    "definition_720P": {"code_rate": 6000, "fps": 30},
    "definition_1080P": {"code_rate": 8000, "fps": 30},
}

ACTION = Action(
    name="set_video",
    word="video",
    doc=__doc__,
    title="Set video",
    by=Endpoint(
        method="PUT", path="/v1/instances/video-setting", body=_body, batch=Batch(per_call=100, one_region=True)
    ),
    params=SetVideoParams,
    result=Accepted,
    risk=Risk.DISRUPTIVE,
    permission=Permission("instances:video"),
    change=Change(
        confirm=lambda _, plan: f"Change the video settings of {phones(plan.count)}?",
        undo="Set the former values again; the API cannot tell which they were.",
        verify=Unverifiable(why="No call of the API reads video settings back."),
        lost="Video settings cannot be read. Setting the same values again does no harm.",
        wipes=False,
        resend=Resend.IF_UNPROCESSED,
        settled=lambda *_: Settled.ACCEPTED,
    ),
    view=Receipt(say=lambda params, _: f"Video settings of {phones(len(params.instance_ids))} accepted."),
    examples=(
        Example(
            params=SetVideoParams(
                instance_ids=("iRJEVP96",),
                p540=VideoSpec(kbps=6000, fps=30),
                p720=VideoSpec(kbps=6000, fps=30),
                p1080=VideoSpec(kbps=8000, fps=30),
            ),
            sends={
                "instance_ids": ["iRJEVP96"],
                "instance_settings": [
                    {"network_type": "MOBILE_NETWORK", "encoding_type": "H264", "video_spec_groups": [_PRINTED]},
                    {"network_type": "MOBILE_NETWORK", "encoding_type": "H265", "video_spec_groups": [_PRINTED]},
                    {"network_type": "WIFI", "encoding_type": "H264", "video_spec_groups": [_PRINTED]},
                    {"network_type": "WIFI", "encoding_type": "H265", "video_spec_groups": [_PRINTED]},
                    {"network_type": "WIRED", "encoding_type": "H264", "video_spec_groups": [_PRINTED]},
                    {"network_type": "WIRED", "encoding_type": "H265", "video_spec_groups": [_PRINTED]},
                ],
            },
            answers={"error_code": "0", "error_msg": "ok"},
            source="4.1.4",
        ),
    ),
)
