"""The printed examples of the reference, request and answer, and what its tables say where they differ.

Signed links are shortened; the typographic quotes of the printed assign body are plain here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_OK = {"error_code": "0", "error_msg": "ok"}
_CAPITAL_OK = {"error_code": "0", "error_msg": "OK"}
_IDS = {"instance_ids": ["a44uhlf7", "efjy72gs"]}
_COMMAND = {"command": "ls -l /system", **_IDS}
_JOBS = [
    {"instance_id": "a44uhlf7", "job_id": "1564567b8bab40f34711234cb80d0123"},
    {"instance_id": "efjy72gs", "job_id": "1564567b8bab40f34711234cb80d0456"},
]
_DEFINITIONS = {
    "definition_540P": {"code_rate": 6000, "fps": 30},
    "definition_720P": {"code_rate": 6000, "fps": 30},
    "definition_1080P": {"code_rate": 8000, "fps": 30},
}
_LISTED = {
    "instance_id": "5srn5hL8",
    "instance_name": "CCTEST-00001",
    "region": "cn-north-7",
    "instance_sku": "专业版 | 8 核 | 16GB | 10GB 存储 | 最高分辨率 720p",
    "frozen_status": 0,
    "running_status": 1,
    "login_status": 0,
    "assign_status": 1,
    "assign_user": "1008600000097131912",
    "billing_mode": "1",
    "project_id": "9d71ec45aef04d84a991c12250227b5c",
    "project_name": "cn-north-7",
    "phone_id": "null",
    "member_name": "test",
    "account_name": "hhh@cs02.huaweiapaas.com",
    "region_name": "华北-乌兰察布-二零三",
    "region_name_en": "CN North-Ulanqab203",
    "backup_status": 0,
    "backup_time": "2024-05-24 17:34:58",
    "restore_status": 0,
    "restore_time": "2024-05-24 20:34:58",
}
_PAGING = {"page_no": 1, "page_size": 100, "total_count": 72}
_NULLS = {"address": None, "aport": None, "atype": None, "address_ipv6": None}
_TEXTS = {"address": "", "aport": "", "atype": "", "address_ipv6": ""}


def _streaming(internal: object, external_ipv6: object, expired_time: object) -> dict[str, object]:
    external = {"address": "10.83.71.187", "aport": 10030, "atype": 1, "address_ipv6": external_ipv6}
    signaling = {"signaling_url": "http://100.93.2.248:18082", "expired_time": expired_time, "ice_servers": []}
    resource = {
        "sdk": {"internal": internal, "external": external},
        "rtc": {"ice_signaling": signaling},
        "device_id": "7b0cd026df8d495b8a65d628d7bec433",
        "kp_id": "Q39YyZvI",
    }
    return {"data": {"resource": resource, "device_token": "dee5081f40c83ddea3ded91c387351e9"}, **_OK}


def _skus(row_id: object, *, undocumented: bool) -> dict[str, object]:
    pool = {"version": "AOSP9", "resPoolId": "1600087199176311111", "id": row_id, "network": "ADN", "enable": True}
    nest = {"bandSize": 6, "sceneType": "", "network": "", "storageDesc": "", "sceneDesc": "", "sceneDescEn": ""}
    nest |= {"tags": "", "tagsEn": ""}
    row = {
        "type": "PROFESSIONAL",
        "cbcSkuId": "kp.professional.xlarge.32g.2",
        "name": "sku_1_xiahui",
        "calcSpec": "4vCPUs | 8GB",
        "storageSpec": "32GB",
        "specDesc": "",
        "bandSize": "4,6",
        "poolInfo": {"aosp": [pool]},
        "chargeMode": 2,
        "maxResolution": "720p",
        **({"specDescEn": "", "nestInfo": [nest]} if undocumented else {}),
    }
    band = {"cbcSkuId": "kp.bandwidth", **({"id": "62"} if undocumented else {})}
    regions = [{"skuResponses": [row], "regionId": "cn-north-7"}]
    return {"data": {"bandInfo": band, "skuSpecResponseList": regions}, "error_code": "0", "error_msg": "OK"}


def _install(fast: object, size: object, digest: str) -> dict[str, object]:
    return {
        "fast_install": fast,
        "object_name": "com.tencent.mm",
        "file_name": "meituan.apk",
        "object_version": "8.0.58",
        "object_size": size,
        "biz_type": "apk",
        "content_type": "application/octet-stream",
        "content_md5": digest,
        "install_package_url": "https://obs-kpxa-zg.obs.cn-north-7.ulanqab.huawei.com:443/app.apk?Signature=x%3D",
        "instance_id_list": ["XvH39QVW", "Vpp8rC4Y"],
    }


def _pairs(user: object) -> dict[str, object]:
    return {"user_instances": [{"instance_id": "a44uhlf7", "user_id": user}]}


def _task_rows(separator: str, nothing: object) -> dict[str, object]:
    failed = {"job_id": "1", "status": -1, "error_code": f"CPS{separator}0005", "error_msg": "Phone not found."}
    done = {"job_id": "2", "status": 2, "error_code": "", "error_msg": "", "execute_msg": "xxxxxx"}
    return {"data": {"jobs": [{**failed, "execute_msg": nothing}, done]}, **_OK}


@dataclass(frozen=True, kw_only=True)
class Form:
    """A request with its answer, in one dialect. An answer of None is an empty body."""

    path: str
    body: object = None
    params: Mapping[str, str] = field(default_factory=dict)
    answer: object


@dataclass(frozen=True, kw_only=True)
class Example:
    """One printed example; `table` is what the tables make of it, if they say something else."""

    operation: str
    method: str = "POST"
    printed: Form
    table: Form


def _same(operation: str, path: str, body: object, answer: object, *, method: str = "POST") -> Example:
    form = Form(path=path, body=body, answer=answer)
    return Example(operation=operation, method=method, printed=form, table=form)


_PROGRESS = {"user_id": "1008600000104285462", "instance_id": "iRJEVP9"}
_ORDER = {
    "os": "AOSP9",
    "instanceSkuId": "kp.professional.2xlarge.128g.2",
    "bandSkuId": "kp.bandwidth",
    "regionId": "cn-north-7",
    "instanceNamePrefix": "koophone",
    "bandSize": 4,
    "count": 1,
    "chargeParam": {"chargingMode": 1, "periodType": 2, "periodNum": 1, "isAutoPay": 1, "isAutoRenew": 1},
    "network": "EIP",
}
_ORDERED = {
    "data": {
        "orderId": "CS2412261442DBN4E",
        "instanceInfos": [{"instanceId": "11J6QVu5", "instanceName": "koophone-00001"}],
    },
    **_CAPITAL_OK,
}
_INSTALLED = {"data": {"data": {"task_id": "ZGCA", "cmd_jobs": _JOBS}}, **_CAPITAL_OK}
_STATUSES = [{"instance_id": "a44uhlf7", "status": 0}, {"instance_id": "efjy72gs", "status": 1}]
_RESULTS = [
    {
        "instance_id": "a44uhlf7",
        "status": -1,
        "error_code": "CPS.0191",
        "error_msg": "Run command failed.",
        "execute_msg": "ls: cannot access '/system': No such file or directory",
    },
    {"instance_id": "efjy72gs", "status": 2, "error_code": "", "error_msg": "", "execute_msg": "xxxxxx"},
]
_TASK = "/v1/instances/tasks/6837531fd3f54550927b930180a706bf"

EXAMPLES = (
    _same("sync-command", "/v1/instances/sync-command", _COMMAND, {"data": {"cmd_results": _RESULTS}, **_OK}),
    _same(
        "async-command", "/v1/instances/async-command", _COMMAND, {"data": {"task_id": "", "cmd_jobs": _JOBS}, **_OK}
    ),
    Example(
        operation="task",
        method="GET",
        printed=Form(path=_TASK, answer=_task_rows("", None)),
        table=Form(path=_TASK, answer=_task_rows(".", "")),
    ),
    _same(
        "video-setting",
        "/v1/instances/video-setting",
        {
            "instance_ids": ["iRJEVP96"],
            "instance_settings": [
                {"network_type": network, "encoding_type": encoding, "video_spec_groups": [_DEFINITIONS]}
                for network in ("MOBILE_NETWORK", "WIFI", "WIRED")
                for encoding in ("H264", "H265")
            ],
        },
        _OK,
        method="PUT",
    ),
    Example(
        operation="batch-query-status",
        printed=Form(
            path="/v1/instances/batch-query-status",
            body=_IDS,
            answer={"data": {"status_results": _STATUSES[:1]}, **_OK},
        ),
        table=Form(
            path="/v1/instances/batch-query-status",
            body=_IDS,
            answer={"data": {"status_results": _STATUSES}, **_OK},
        ),
    ),
    _same("batch-reset", "/v1/instances/batch-reset", _IDS, _OK),
    Example(
        operation="auth",
        printed=Form(path="/v1/instances/Q39YyZvI/auth", answer=_streaming(_NULLS, None, None)),
        table=Form(path="/v1/instances/Q39YyZvI/auth", answer=_streaming(_TEXTS, "", "")),
    ),
    Example(
        operation="assign",
        printed=Form(path="/instances/assign", body=_pairs("1123422"), answer=None),
        table=Form(path="/v1/instances/assign", body=_pairs("1123422"), answer=_OK),
    ),
    Example(
        operation="unassign",
        printed=Form(path="/instances/unassign", body=_pairs(1123422), answer=None),
        table=Form(path="/v1/instances/unassign", body=_pairs("1123422"), answer=_OK),
    ),
    Example(
        operation="batch-query",
        method="GET",
        printed=Form(
            path="/v1/instances/batch-query",
            params={"page_no": "1", "page_size": "200", "poolSceneTag": "CLOUD_PHONE", "instance_id": "5srn5hL8"},
            answer={"data": {"result": [_LISTED]}, **_PAGING, **_CAPITAL_OK},
        ),
        table=Form(
            path="/v1/instances/batch-query",
            params={"page_no": "1", "page_size": "200", "x-request-id": "a1", "instance_id": "5srn5hL8"},
            answer={"data": {"result": [_LISTED], **_PAGING, **_CAPITAL_OK}},
        ),
    ),
    _same("reboot", "/v1/instances/reboot", {"instance_ids": ["a44uhlf7"]}, _CAPITAL_OK),
    Example(
        operation="sku",
        method="GET",
        printed=Form(path="/v1/instances/sku", answer=_skus("40", undocumented=True)),
        table=Form(path="/v1/instances/sku", params={"type": "0"}, answer=_skus(40, undocumented=False)),
    ),
    Example(
        operation="create",
        printed=Form(
            path="/instances/create",
            body={**_ORDER, "instanceType": "specification", "sceneType": "CLOUD_PHONE"},
            answer=_ORDERED,
        ),
        table=Form(path="/v1/instances/create", body=_ORDER, answer=_ORDERED),
    ),
    Example(
        operation="delete",
        printed=Form(
            path="/instances/delete", body={"instanceIdList": ["XvH39QVW"]}, answer={"data": None, **_CAPITAL_OK}
        ),
        table=Form(
            path="/v1/instances/delete", body={"instanceIdList": ["XvH39QVW"]}, answer={"data": "", **_CAPITAL_OK}
        ),
    ),
    Example(
        operation="prepare",
        printed=Form(
            path="/v1/instances/prepare",
            body={"user_id": "1008600000104285462", "instance_ids": ["iRJEVP96", "iRJEVP96"]},
            answer={"data": {"status_list": _STATUSES}, **_OK},
        ),
        table=Form(
            path="/v1/instances/prepare",
            body={"user_id": "1008600000104285462", "instance_ids": ["iRJEVP96", "iRJEVP96"]},
            answer={"data": {"status_list": _STATUSES[:1]}, **_OK},
        ),
    ),
    _same(
        "prepare-progress",
        "/v1/instances/prepare-progress",
        _PROGRESS,
        {"data": {"status": 0, "waitingCount": 0}, **_CAPITAL_OK},
    ),
    Example(
        operation="backup",
        printed=Form(path="/v1/instances/backup", body=_PROGRESS, answer=_CAPITAL_OK),
        table=Form(path="/v1/instances/backup", body={"instance_ids": ["iRJEVP96"]}, answer=_CAPITAL_OK),
    ),
    Example(
        operation="install",
        printed=Form(path="/v1/instances/app/install", body=_install(1, 120, "fghfg"), answer=_INSTALLED),
        table=Form(path="/v1/instances/app/install", body=_install("1", "120", ""), answer=_INSTALLED),
    ),
)
CONTRADICTING_TABLES = ("unassign", "batch-query", "sku", "backup", "install")
"""Operations whose printed request the tables refuse; the paths without /v1 come on top."""
