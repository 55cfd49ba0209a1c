import inspect

import pytest

from chatops.consent import Question, Verdict
from chatops.surfaces.mcp.asking import NobodyToAsk
from tools import Risk, load_actions

pytestmark = pytest.mark.anyio
CONSENT = {"confirm", "confirmed", "yes", "force", "approve", "approved", "approval_id", "consent"}


async def test_nobody_is_asked_and_the_way_to_a_terminal_is_told() -> None:
    question = Question(
        action="reset_instances", risk=Risk.DESTRUCTIVE, text="Erase?", undo="Nothing.", typed="2", must_type=True
    )
    reply = await NobodyToAsk().ask(question)
    assert reply.verdict is Verdict.CANNOT_ASK
    assert "DESTRUCTIVE" in reply.reason
    assert "nothing was sent" in reply.reason
    assert "chatops run reset_instances" in reply.next_step


def test_no_parameter_exists_with_which_a_model_could_consent() -> None:
    names = {name for action in load_actions().values() for name in action.params.model_fields}
    assert not names & CONSENT
    assert not inspect.signature(NobodyToAsk).parameters
