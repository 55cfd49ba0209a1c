import json

import pytest
from pydantic import SecretStr

from chatops.operations.sealing import Sealing, masked
from chatops.store import Keyring
from tests.tools.stage import arguments_of
from tools import AnyAction, load_actions

CHANGES = [action for action in load_actions().values() if action.change is not None]
SEALING = Sealing(keyring=Keyring(SecretStr("a key of thirty-two characters or more")))


@pytest.mark.parametrize("action", CHANGES, ids=lambda action: action.name)
@pytest.mark.parametrize("by_filter", [False, True])
def test_params_come_out_of_the_seal_as_they_went_in(action: AnyAction, by_filter: bool) -> None:
    arguments = arguments_of(action.examples[0].params)
    if by_filter and "instance_ids" in arguments:
        arguments = {**{k: v for k, v in arguments.items() if k != "instance_ids"}, "where": "name=demo-*"}
    params = action.params.model_validate_json(json.dumps(arguments))
    opened = action.params.model_validate_json(SEALING.keyring.open(SEALING.sealed(params, "op_1"), bound_to="op_1"))
    assert opened == params


def test_mask_hides_what_is_secret() -> None:
    install = next(action for action in CHANGES if action.name == "install_app")
    assert str(masked(install.examples[0].params)["link"]).endswith("?[secret]")
