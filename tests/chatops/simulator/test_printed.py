from chatops.simulator.printed import printed_phones, printed_tasks


def test_the_phones_of_the_printed_requests_are_where_the_requests_need_them() -> None:
    phones = {phone.id: phone for phone in printed_phones()}
    assert phones["a44uhlf7"].region is phones["efjy72gs"].region
    assert phones["XvH39QVW"].region is phones["Vpp8rC4Y"].region
    assert phones["a44uhlf7"].owner == "1123422"
    assert phones["iRJEVP96"].owner == phones["iRJEVP9"].owner == "1008600000104285462"
    assert phones["5srn5hL8"].name == "CCTEST-00001"
    assert "Q39YyZvI" in phones


def test_the_printed_tasks_are_over() -> None:
    assert {task.id for task in printed_tasks()} == {
        "6837531fd3f54550927b930180a706bf",
        "ZGCAorI8ocwK7U7_t0AfH26P-DjwDw8Yknf4",
    }
    assert all(job.done_at == 0.0 for task in printed_tasks() for job in task.jobs)
