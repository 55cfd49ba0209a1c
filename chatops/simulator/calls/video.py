"""video-setting (reference 4.1.4)."""

from chatops.simulator.call import Answer, Call
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.reader import Reader, wrong
from chatops.simulator.targets import find_phones, require_usable

_NETWORKS = ("MOBILE_NETWORK", "WIFI", "WIRED")
_ENCODINGS = ("H264", "H265")
_DEFINITIONS = ("definition_540P", "definition_720P", "definition_1080P")
_COMBINATIONS = len(_NETWORKS) * len(_ENCODINGS)


def set_video(call: Call) -> Answer:
    """Keep the settings of each phone; no call reads them back, but the simulator's owner can."""
    phone_ids = call.body.texts("instance_ids")
    settings = call.body.take("instance_settings")
    pairs = [_read_setting(each) for each in call.body.children("instance_settings", _COMBINATIONS)]
    if len(set(pairs)) < len(pairs):
        raise wrong("a network and encoding combination stands twice")
    if len(pairs) < _COMBINATIONS:
        raise RefusedError(ApiError.COMBINATION_MISSING)
    phones = find_phones(call, phone_ids)
    require_usable(call, phones)
    for phone in phones:
        call.tenant.videos[phone.id] = settings
    return call.accepted("ok")


def _read_setting(setting: Reader) -> tuple[str, str]:
    pair = setting.choice("network_type", _NETWORKS), setting.choice("encoding_type", _ENCODINGS)
    for group in setting.children("video_spec_groups", 1):
        for definition in _DEFINITIONS:
            spec = group.child(definition)
            rate = spec.whole("code_rate", 100, 10_000)
            if rate % 100:
                raise wrong(f"{definition}.code_rate must be a multiple of 100")
            if spec.whole("fps", 30, 60) not in (30, 60):
                raise wrong(f"{definition}.fps must be 30 or 60")
    return pair
