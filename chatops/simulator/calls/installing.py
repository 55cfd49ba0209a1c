"""app/install (reference 4.4.1)."""

import re
from urllib.parse import urlsplit

from chatops.simulator.call import Answer, Call
from chatops.simulator.calls.commands import task_handle
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.journeys import running_status
from chatops.simulator.packages import PACKAGE_LIMIT_MB, TENANT_LIMIT_MB, Package, is_older
from chatops.simulator.phones import Phone, Running
from chatops.simulator.reader import is_whole, wrong
from chatops.simulator.shell import NOT_FOUND
from chatops.simulator.targets import find_phones, require_usable
from chatops.simulator.tasks import Job, Task

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_FAST, _NORMAL = "1", "0"
UNSIGNED_SUFFIX = ".unsigned"  # packages named so are refused by every phone (62019)
UNREACHABLE_SUFFIX = ".invalid"  # hosts named so cannot be downloaded from (62017)


def install(call: Call) -> Answer:
    """Install a package as a task; what can be known beforehand is refused at once."""
    fast = _read_fast(call)
    package = _read_package(call)
    _read_link(call)
    phones = find_phones(call, call.body.texts("instance_id_list"))
    require_usable(call, phones)
    if package.name.endswith(UNSIGNED_SUFFIX):
        raise RefusedError(ApiError.INSTALL_FAILED)
    _require_room(call, phones, package)
    now = call.clock.state()
    jobs = tuple(_job(call, phone, now + (3 if fast else 6) + 0.1 * index) for index, phone in enumerate(phones))
    # Both prefixes are documented (conflict 25); the printed fast installation has ZGCA.
    prefix = "FULFILL" if fast and not call.printed else "ZGCA"
    task = Task(prefix + call.new_url_safe_id(32), jobs)
    call.tenant.tasks.add(task)
    call.tenant.packages.install([job.phone_id for job in jobs if not job.error_number], package)
    return Answer({"data": task_handle(task)}, "OK")  # twice data, in table and example alike (conflict 21)


def _read_fast(call: Call) -> bool:
    if "fast_install" not in call.body:
        return False
    value = call.body.take("fast_install")
    if call.printed and is_whole(value):  # a number as printed, text by the table (conflict 16)
        value = str(value)
    if not isinstance(value, str):
        raise wrong("fast_install must be text")
    if value not in (_FAST, _NORMAL):
        raise RefusedError(ApiError.FAST_INSTALL_INVALID)
    return value == _FAST


def _read_package(call: Call) -> Package:
    body = call.body
    name, file_name, version = (body.text(key, 100) for key in ("object_name", "file_name", "object_version"))
    size = body.take("object_size")
    if call.printed and is_whole(size):  # conflict 17
        size = str(size)
    if not isinstance(size, str):
        raise wrong("object_size must be text")
    if not _NUMBER.fullmatch(size):
        raise RefusedError(ApiError.SIZE_NOT_A_NUMBER)
    if float(size) > PACKAGE_LIMIT_MB:
        raise RefusedError(ApiError.PACKAGE_TOO_LARGE)
    body.choice("biz_type", ("apk",))
    body.text("content_type", 64)
    body.text("content_md5", 200, least=0)
    return Package(name, file_name, version, float(size))


def _read_link(call: Call) -> None:
    link = call.body.text("install_package_url", 2000)
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError as error:
        raise RefusedError(ApiError.DOWNLOAD_FAILED) from error
    if parts.scheme not in ("http", "https") or not host or host.endswith(UNREACHABLE_SUFFIX):
        raise RefusedError(ApiError.DOWNLOAD_FAILED)


def _require_room(call: Call, phones: list[Phone], package: Package) -> None:
    packages = call.tenant.packages
    if packages.uploaded_mb(package) > TENANT_LIMIT_MB:
        raise RefusedError(ApiError.PACKAGES_TOO_LARGE)
    for phone in phones:
        installed = packages.installed(phone.id).get(package.name)
        if installed is not None and is_older(package.version, than=installed):
            raise RefusedError(ApiError.VERSION_CONFLICT, f"{phone.id} has {installed}")
        if packages.used_mb(phone.id, package) > phone.storage_mb:
            raise RefusedError(ApiError.NO_SPACE, phone.id)


def _job(call: Call, phone: Phone, done_at: float) -> Job:
    job_id = call.new_url_safe_id(32)
    if phone.broken:
        return Job(job_id, phone.id, done_at, "0191", "Run command failed.", "Failure [INSTALL_FAILED_INTERNAL_ERROR]")
    if running_status(phone, call.clock) is not Running.RUNNING:
        return Job(job_id, phone.id, done_at, NOT_FOUND.error_number, NOT_FOUND.error_message, None)
    return Job(job_id, phone.id, done_at, output="Success")
