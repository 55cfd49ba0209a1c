"""``files.*UploadExternal``: an address to upload to, then the sharing."""

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.inspection import inspect_file
from tests.slack.refused import Refused
from tests.slack.state import State
from tests.slack.workspace import File, Message


def get_upload_url(state: State, call: Call) -> JsonObject:
    """Where the content goes; its length is fixed from here on."""
    name, length = call.text("filename"), int(call.text("length", "0"))
    if not name or length <= 0:
        raise Refused("invalid_arguments")
    file = File(id=f"F{len(state.workspace.files) + 1:06d}", name=name, length=length)
    state.workspace.files[file.id] = file
    return {"upload_url": f"{state.url}/upload/{file.id}", "file_id": file.id}


def complete_upload(state: State, call: Call) -> JsonObject:
    """Shares what was uploaded, as a message that holds the files."""
    files = [_uploaded(state, entry) for entry in call.arguments.get("files") or []]
    if not files:
        raise Refused("invalid_arguments")
    target = call.text("channel_id") or call.text("channels")
    if target:
        _share(state, call, files, state.workspace.channel(target).id)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _uploaded(state: State, entry: JsonObject) -> File:
    file = state.workspace.files.get(str(entry.get("id")))
    if file is None or file.content is None:
        raise Refused("file_not_found")
    file.title = str(entry.get("title") or file.name)
    return file


def _share(state: State, call: Call, files: list[File], channel: str) -> None:
    thread = call.text("thread_ts") or None
    for file in files:
        file.channel, file.thread_ts = channel, thread
        inspect_file(state, file)
    listed = [{"id": file.id, "name": file.name, "title": file.title} for file in files]
    content = {"text": call.text("initial_comment"), "files": listed}
    user, ts = state.application.bot_user, state.workspace.stamp()
    message = Message(channel=channel, ts=ts, user=user, content=content, by_app=True, thread_ts=thread)
    state.workspace.post(message)
