from chatops.cloud import Answer
from tools import Accepted


def test_answer_keeps_request_ids_in_order() -> None:
    answer = Answer(result=Accepted(), request_ids=("first", "second"), warnings=())
    assert answer.request_ids == ("first", "second")
