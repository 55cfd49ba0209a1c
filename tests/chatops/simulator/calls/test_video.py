import copy
from collections.abc import Callable

import httpx2
import pytest

from tests.chatops.simulator.harness import Cloud, outcome

pytestmark = pytest.mark.anyio


def _settings() -> list[dict[str, object]]:
    spec = {"code_rate": 6000, "fps": 30}
    group = {f"definition_{name}": dict(spec) for name in ("540P", "720P", "1080P")}
    return [
        {"network_type": network, "encoding_type": encoding, "video_spec_groups": [copy.deepcopy(group)]}
        for network in ("MOBILE_NETWORK", "WIFI", "WIRED")
        for encoding in ("H264", "H265")
    ]


async def _set(cloud: Cloud, settings: object) -> httpx2.Response:
    body = {"instance_ids": ["iRJEVP96"], "instance_settings": settings}
    return await cloud.send("PUT", "/v1/instances/video-setting", body)


async def test_the_last_settings_of_a_phone_are_kept(cloud: Cloud) -> None:
    assert outcome(await _set(cloud, _settings())) == (200, "0")
    assert cloud.simulator.tenant.videos == {"iRJEVP96": _settings()}


@pytest.mark.parametrize("left", range(6))
async def test_each_of_the_six_combinations_is_required(cloud: Cloud, left: int) -> None:
    settings = _settings()
    del settings[left]
    assert outcome(await _set(cloud, settings)) == (400, "1005")


def _spec(settings: list[dict[str, object]]) -> dict[str, object]:
    groups = settings[0]["video_spec_groups"]
    assert isinstance(groups, list)
    spec = groups[0]["definition_720P"]
    assert isinstance(spec, dict)
    return spec


@pytest.mark.parametrize(
    "spoil",
    [
        lambda settings: _spec(settings).update(code_rate=99),
        lambda settings: _spec(settings).update(code_rate=10_100),
        lambda settings: _spec(settings).update(code_rate=6050),
        lambda settings: _spec(settings).update(code_rate="6000"),
        lambda settings: _spec(settings).update(fps=45),
        lambda settings: _spec(settings).update(fps=True),
        lambda settings: _spec(settings).pop("fps"),
        lambda settings: settings[0]["video_spec_groups"][0].pop("definition_540P"),
        lambda settings: settings[0].update(video_spec_groups=[]),
        lambda settings: settings[0].update(network_type="wifi"),
        lambda settings: settings[0].update(encoding_type="AV1"),
        lambda settings: settings.append(settings[0]),
        lambda settings: settings.__setitem__(0, settings[1]),
        lambda settings: settings.clear(),
    ],
)
async def test_anything_outside_the_tables_is_refused(
    cloud: Cloud, spoil: Callable[[list[dict[str, object]]], object]
) -> None:
    settings = _settings()
    spoil(settings)
    assert outcome(await _set(cloud, settings)) == (400, "1000")
    assert cloud.simulator.tenant.videos == {}


@pytest.mark.parametrize(("rate", "fps"), [(100, 30), (10_000, 60)])
async def test_the_limits_themselves_are_accepted(cloud: Cloud, rate: int, fps: int) -> None:
    settings = _settings()
    _spec(settings).update(code_rate=rate, fps=fps)
    assert outcome(await _set(cloud, settings)) == (200, "0")
