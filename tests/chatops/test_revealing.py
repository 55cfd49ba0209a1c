from chatops.outcome import Outcome, Status
from chatops.revealing import revealed
from tools import load_actions
from tools.get_device_token import DeviceAccess

ACTIONS = load_actions()


def test_only_secrets_are_listed_with_their_place() -> None:
    result = DeviceAccess.model_validate({"device_token": "dee5081f", "device_id": "7b0c"})
    outcome = Outcome(status=Status.DONE, message="", action=ACTIONS["get_device_token"], result=result)
    assert revealed(outcome) == {"device_token": "dee5081f"}


def test_an_answer_without_secrets_has_none() -> None:
    assert revealed(Outcome(status=Status.DECLINED, message="")) == {}
