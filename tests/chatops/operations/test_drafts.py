import re

from chatops.operations.drafts import new_operation_id


def test_operation_ids_are_never_the_same_and_can_be_read_aloud() -> None:
    made = {new_operation_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"op_[abcdefghijkmnpqrstuvwxyz23456789]{16}", each) for each in made)
