import pytest

from chatops.errors import AuthenticationFailed, UpstreamContractBroken, UpstreamRejected
from tests.chatops.cloud.world import CHANGE, NO_PHONES, READ, Clock, Reply, ask, reply, scripted

pytestmark = pytest.mark.anyio

PROJECTS = reply({"projects": [{"name": "other", "id": "x"}, {"name": "cn-north-4", "id": "p1"}]})


async def test_project_is_found_by_its_name() -> None:
    async with scripted(PROJECTS, reply(NO_PHONES), project_id=None) as (client, said):
        await ask(client, READ)
    assert said.seen[0].line == "GET /v3/projects?name=cn-north-4 HTTP/1.1"
    assert "x-project-id" not in said.seen[0].headers
    assert said.seen[1].headers["x-project-id"] == "p1"


@pytest.mark.parametrize("body", [{}, {"projects": None}, {"projects": ["p"]}, {"projects": [{"name": "cn-north-4"}]}])
async def test_project_that_is_not_in_the_answer_is_unknown(body: object) -> None:
    async with scripted(reply(body), project_id=None) as (client, _):
        with pytest.raises(UpstreamRejected, match="no project 'cn-north-4'"):
            await ask(client, CHANGE)


@pytest.mark.parametrize("answer", [reply(b"<html>"), reply(b"{"), reply(b"{}", length=100)])
async def test_unreadable_answer_breaks_the_contract_and_leaves_the_change_unsent(answer: Reply) -> None:
    async with scripted(answer, project_id=None) as (client, said):
        with pytest.raises(UpstreamContractBroken, match="asked before the call itself"):
            await ask(client, CHANGE)
    assert len(said.seen) == 1


async def test_missing_permission_to_look_is_not_a_bad_signature() -> None:
    clock = Clock()
    async with scripted(reply({"error_msg": "no"}, status=403), project_id=None, clock=clock) as (client, said):
        for _ in range(5):
            with pytest.raises(AuthenticationFailed) as caught:
                await ask(client, READ)
            assert "CHATOPS_CLOUD_PROJECT_ID" in caught.value.next_step
            assert caught.value.upstream_code == "403"
    assert len(said.seen) == 5


async def test_words_of_iam_are_not_repeated() -> None:
    refusal = reply({"error": {"code": 401, "message": "the password hunter2 is wrong", "title": "no"}}, status=401)
    async with scripted(refusal, project_id=None) as (client, _):
        with pytest.raises(AuthenticationFailed) as caught:
            await ask(client, READ)
    assert "hunter2" not in str(caught.value)
