from chatops.simulator.tasks import Task, Tasks


def test_a_task_is_found_by_its_id() -> None:
    tasks = Tasks()
    task = Task("a", ())
    tasks.add(task)
    assert tasks.find("a") is task
    assert tasks.find("b") is None


def test_the_oldest_task_is_forgotten_first() -> None:
    tasks = Tasks(most=2)
    for name in ("a", "b", "c"):
        tasks.add(Task(name, ()))
    assert tasks.find("a") is None
    assert tasks.find("b") is not None
    assert tasks.find("c") is not None
