"""Install an app package on phones and answer a task id.

The link is a signed download link in object storage. Follow the task with get_task.
"""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainSerializer, StringConstraints

from tools import get_task
from tools._action import Action, Example
from tools._change import Change, Resend, Settled
from tools._endpoint import Batch, Endpoint
from tools._risk import Permission, Risk
from tools._secret import PackageLink, SecretLink, is_for_wire
from tools._task import StartedTask, join_tasks
from tools._text import phones
from tools._types import InstanceIds, Targets
from tools._view import Table

_LINK_LIMIT = 2000
_VISIBLE = re.compile(r"[!-~]+")
_MD5 = re.compile(r"[0-9a-fA-F]{32}")


def _link(link: PackageLink) -> PackageLink:
    """Refuses without repeating the link: it carries a signature (conflict 69)."""
    text = link.get_secret_value()
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname or not _VISIBLE.fullmatch(text):
        raise ValueError("the link must be an http or https address without spaces")
    if parts.username or parts.password:
        raise ValueError("the link must not carry a user name or password")
    if len(text) > _LINK_LIMIT:
        raise ValueError(f"the link has {len(text)} characters, at most {_LINK_LIMIT} are possible")
    return link


def _md5(text: str) -> str:
    if text and not _MD5.fullmatch(text):
        raise ValueError("an MD5 is 32 hexadecimal digits; leave it out if you have none")
    return text


def _digit(fast: bool) -> str:  # a serializer takes its value by position
    """Text, as the table says, although the printed example writes a number (conflict 16, code 3008)."""
    return "1" if fast else "0"


_Text100 = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Fast = Annotated[bool, PlainSerializer(lambda fast, info: _digit(fast) if is_for_wire(info) else fast)]
_Size = Annotated[
    int, Field(ge=1, le=2048), PlainSerializer(lambda size, info: str(size) if is_for_wire(info) else size)
]


class InstallParams(Targets):
    """What to install, and where.

    Package and file name are not compared: those of the printed example differ (conflict 20).
    """

    instance_ids: InstanceIds = Field(
        default=(), serialization_alias="instance_id_list", description="Phones, 1-500 ids"
    )
    package: _Text100 = Field(serialization_alias="object_name", description="Such as com.tencent.mm")
    file_name: _Text100 = Field(description="Such as app.apk")
    version: _Text100 = Field(serialization_alias="object_version", description="Such as 8.0.58")
    # Text, as the table says, although the printed example writes a number (conflict 17).
    size_mb: _Size = Field(serialization_alias="object_size", description="MB")
    link: Annotated[SecretLink, AfterValidator(_link)] = Field(
        serialization_alias="install_package_url", description="Download link"
    )
    fast: _Fast = Field(default=False, serialization_alias="fast_install", description="Fast installation")
    md5: Annotated[str, StringConstraints(max_length=32), AfterValidator(_md5)] = Field(
        default="", serialization_alias="content_md5", description="MD5 of the file"
    )


ACTION = Action(
    name="install_app",
    word="install",
    doc=__doc__,
    title="Install an app",
    by=Endpoint(
        method="POST",
        path="/v1/instances/app/install",
        # Only apk packages from object storage are supported; the MIME type is what the example sends (conflict 19).
        constants={"biz_type": "apk", "content_type": "application/octet-stream"},
        payload=("data",),
        batch=Batch(per_call=100, one_region=True),
    ),
    params=InstallParams,
    result=StartedTask,
    risk=Risk.DESTRUCTIVE,
    permission=Permission("apps:install"),
    change=Change(
        confirm=lambda params, plan: f"Install {params.package} {params.version} on {phones(plan.count)}?",
        undo="The API has no call that uninstalls; a command can (pm uninstall), a reset erases everything.",
        verify=get_task.until_ended(lambda result: result.task_id),
        lost="The task id was in the answer that got lost. Look at the phones: pm list packages.",
        wipes=False,
        resend=Resend.IF_UNPROCESSED,
        settled=lambda *_: Settled.ACCEPTED,
        expires=lambda params: params.link.expires(),
    ),
    view=Table(
        say=lambda params, result: (
            f"Installation of {params.package} on {phones(len(result.jobs))} started as task {result.tasks}."
        ),
        columns=("phone", "job"),
        cells=lambda result: [(job.instance_id, job.job_id) for job in result.jobs],
    ),
    join=lambda _, parts: join_tasks(parts),
    examples=(
        Example(
            params=InstallParams(
                fast=True,
                package="com.tencent.mm",
                file_name="meituan.apk",
                version="8.0.58",
                size_mb=120,
                link=PackageLink(
                    "https://storage.example.com/packages/com.tencent.mm.apk?Expires=1753252931&Signature=BdSN1C"
                ),
                instance_ids=("XvH39QVW", "Vpp8rC4Y"),
            ),
            sends={
                "fast_install": "1",
                "object_name": "com.tencent.mm",
                "file_name": "meituan.apk",
                "object_version": "8.0.58",
                "object_size": "120",
                "biz_type": "apk",
                "content_type": "application/octet-stream",
                # The key is required and its value may be empty; the printed "fghfg" is no MD5 (conflict 18).
                "content_md5": "",
                "install_package_url": (
                    "https://storage.example.com/packages/com.tencent.mm.apk?Expires=1753252931&Signature=BdSN1C"
                ),
                "instance_id_list": ["XvH39QVW", "Vpp8rC4Y"],
            },
            answers={
                "data": {
                    "data": {
                        "task_id": "ZGCAorI8ocwK7U7_t0AfH26P-DjwDw8Yknf4",
                        "cmd_jobs": [
                            {"instance_id": "XvH39QVW", "job_id": "L0XM9bL0sFoKJo-6BEjFzN6ut2jsoH_1"},
                            {"instance_id": "Vpp8rC4Y", "job_id": "1564567b8bab40f34711234cb80d0123"},
                        ],
                    }
                },
                "error_code": "0",
                "error_msg": "OK",
            },
            source="4.4.1",
        ),
    ),
)
