from chatops.simulator.records import Records, RequestRecord


def _record(operation: str) -> RequestRecord:
    return RequestRecord(
        operation=operation,
        method="POST",
        path="/",
        query=(),
        request_id="",
        authentication="none",
        body={"password": "secret"},
        status=200,
        verdict="0",
        processed=True,
        unknown=(),
    )


def test_only_the_latest_requests_are_kept_but_all_are_counted() -> None:
    records = Records(most=2)
    for name in ("a", "b", "c"):
        records.add(_record(name))
    assert [record.operation for record in records] == ["b", "c"]
    assert (len(records), records.total) == (2, 3)


def test_requests_are_found_by_their_call() -> None:
    records = Records()
    for name in ("a", "b", "a"):
        records.add(_record(name))
    assert len(records.of("a")) == 2
    records.clear()
    assert (records.of("a"), records.total) == ([], 3)


def test_a_body_does_not_show_in_a_repr() -> None:
    assert "secret" not in repr(_record("a"))
