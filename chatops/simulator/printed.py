"""The phones, users and tasks that stand in the reference's printed examples; they exist in every fleet.

Each is in a state in which its printed request succeeds.
"""

from chatops.simulator.phones import Phone, Running, Transfer
from chatops.simulator.regions import CN_NORTH_7, Region
from chatops.simulator.tasks import Job, Task

SKU_TEXT = "专业版 | 8 核 | 16GB | 10GB 存储 | 最高分辨率 720p"
STORAGE_MB = 10_240
ASSIGNED_USER = "1123422"  # assign and unassign
STREAMING_USER = "1008600000104285462"  # prepare, prepare-progress and backup
LISTED_USER = "1008600000097131912"  # batch-query
COMMAND_TASK_ID = "6837531fd3f54550927b930180a706bf"
INSTALL_TASK_ID = "ZGCAorI8ocwK7U7_t0AfH26P-DjwDw8Yknf4"
SILENT_PHONE_ID = "efjy72gs"  # batch-query-status is printed without an answer for it (conflict 40)
_CREATED = 1_716_543_298.0  # 2024-05-24 09:34:58 UTC, the day of the printed listing


def printed_phones() -> list[Phone]:
    """The phones of the printed examples, in the order in which the reference names them."""
    return [
        # `ls -l /system` fails on it, and its printed status is 0.
        _phone("a44uhlf7", owner=ASSIGNED_USER, broken=True, running=Running.UNKNOWN),
        _phone(SILENT_PHONE_ID, owner=ASSIGNED_USER),
        _phone("iRJEVP96", owner=STREAMING_USER, restore=Transfer.SUCCEEDED),
        _phone("iRJEVP9", owner=STREAMING_USER, restore=Transfer.SUCCEEDED),
        _phone("Q39YyZvI", owner=STREAMING_USER),
        _phone("XvH39QVW"),
        _phone("Vpp8rC4Y"),
        _phone(
            "5srn5hL8",
            name="CCTEST-00001",
            owner=LISTED_USER,
            member="test",
            running=Running.STOPPED,
            backup=Transfer.PREPARING,
            restore=Transfer.PREPARING,
        ),
    ]


def printed_tasks() -> list[Task]:
    """The tasks of the printed examples, both over."""
    failed = Job("1564567b8bab40f34711234cb80d0123", "a44uhlf7", 0.0, "0005", "Phone not found.", None)
    done = Job("1564567b8bab40f34711234cb80d0456", SILENT_PHONE_ID, 0.0, "", "", "xxxxxx")
    installed = (
        Job("L0XM9bL0sFoKJo-6BEjFzN6ut2jsoH_1", "XvH39QVW", 0.0, "", "", "Success"),
        Job("1564567b8bab40f34711234cb80d0123", "Vpp8rC4Y", 0.0, "", "", "Success"),
    )
    return [Task(COMMAND_TASK_ID, (failed, done)), Task(INSTALL_TASK_ID, installed)]


def _phone(  # noqa: PLR0913 - one keyword for each fact in which printed phones differ
    phone_id: str,
    *,
    name: str = "",
    owner: str = "",
    member: str = "",
    broken: bool = False,
    running: Running = Running.RUNNING,
    backup: Transfer = Transfer.OTHER,
    restore: Transfer = Transfer.OTHER,
    region: Region = CN_NORTH_7,
) -> Phone:
    return Phone(
        id=phone_id,
        name=name or f"printed-{phone_id}",
        region=region,
        sku=SKU_TEXT,
        storage_mb=STORAGE_MB,
        created=_CREATED,
        owner=owner,
        member=member or ("printed" if owner else ""),
        broken=broken,
        running=running,
        backup=backup,
        backup_time="2024-05-24 17:34:58" if backup is not Transfer.OTHER else "",
        restore=restore,
        restore_time="2024-05-24 20:34:58" if restore is not Transfer.OTHER else "",
    )
