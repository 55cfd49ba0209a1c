"""Every member of every enumeration of the reference, with what it means."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Member:
    """One member, as the API writes it."""

    vocabulary: str
    value: str
    meaning: str

    @property
    def id(self) -> str:
        return f"enum:{self.vocabulary}/{self.value}"


VOCABULARIES = {
    # Answers
    "running_status": {
        "0": "unknown",
        "1": "stopped",
        "2": "running",
        "3": "going offline",
        "4": "starting",
        "5": "shut down",
    },
    "job_status": {"1": "running", "2": "succeeded", "-1": "failed"},
    "prepare_status": {"0": "normal", "1": "to be restored", "2": "to be assigned", "3": "backing up"},
    "progress_status": {
        "0": "normal",
        "1": "queued",
        "2": "restoring",
        "3": "backing up",
        "4": "resetting",
        "5": "rebooting",
        "6": "normal and offline",
        "-1": "failed",
    },
    "frozen_status": {"0": "normal", "1": "frozen"},
    "login_status": {"0": "nobody is logged in", "1": "somebody is logged in"},
    "assign_status": {"0": "assigned to nobody", "1": "assigned"},
    "backup_status": {"0": "preparing", "1": "running", "2": "succeeded", "3": "failed", "4": "other"},
    "restore_status": {"0": "preparing", "1": "running", "2": "succeeded", "3": "failed", "4": "other"},
    "sku_kind": {"ENTERPRISE": "the enterprise edition", "PROFESSIONAL": "the professional edition"},
    "charge_mode": {"0": "by subscription", "1": "pay per use", "2": "both"},
    "image_network": {"EIP": "an elastic address", "ADN": "an application delivery network"},
    "image_enable": {"true": "can be ordered", "false": "cannot be ordered"},
    "task_prefix": {"ZGCA": "the task is an installation", "FULFILL": "the task is an installation as well"},
    # Requests
    "network_type": {"MOBILE_NETWORK": "a mobile network", "WIFI": "a wireless network", "WIRED": "a cable"},
    "encoding_type": {"H264": "H.264", "H265": "H.265"},
    "definition": {
        "definition_540P": "standard definition",
        "definition_720P": "high definition",
        "definition_1080P": "full high definition",
    },
    "fps": {"30": "30 frames a second", "60": "60 frames a second"},
    "pool_scene_tag": {"CLOUD_APP": "cloud apps", "CLOUD_PHONE": "general phones"},
    "sku_type": {"0": "the skus of general phones"},
    "os": {"AOSP9": "the image of version 9", "AOSP11": "the image of version 11"},
    "charging_mode": {"1": "by subscription"},
    "period_type": {"2": "months", "3": "years"},
    "is_auto_pay": {"0": "somebody pays by hand", "1": "it pays itself"},
    "is_auto_renew": {"0": "it ends", "1": "it renews itself"},
    "fast_install": {"0": "an ordinary installation", "1": "a fast installation"},
    "biz_type": {"apk": "an Android package"},
    "content_type": {"application/octet-stream": "a download from object storage"},
}
MEMBERS = tuple(
    Member(vocabulary=vocabulary, value=value, meaning=meaning)
    for vocabulary, members in VOCABULARIES.items()
    for value, meaning in members.items()
)
REQUIREMENTS = {
    member.id: f"{member.vocabulary.replace('_', ' ')} {member.value} means: {member.meaning}." for member in MEMBERS
}
