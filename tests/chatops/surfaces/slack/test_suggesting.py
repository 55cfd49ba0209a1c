from chatops.surfaces.slack.suggesting import known_of, suggest
from tools import Instance


def test_options_are_found_by_id_name_and_region_and_are_at_most_a_hundred() -> None:
    known = known_of(
        [Instance(instance_id=f"p{each}", instance_name=f"demo-{each}", region="r1") for each in range(500)]
    )
    assert len(suggest(known["phones"], "")) == 99
    assert suggest(known["phones"], "demo-499")[0]["value"] == "p499"
    assert [each["value"] for each in suggest(known["regions"], "r")] == ["r1", "r"]


def test_what_is_too_long_for_an_option_is_not_offered() -> None:
    known = known_of([Instance(instance_id="p" * 151), Instance(instance_id="q")])
    assert [each["value"] for each in suggest(known["phones"], "")] == ["q"]


def test_letters_are_found_whatever_their_case() -> None:
    known = known_of([Instance(instance_id="p1", instance_name="Demo")])
    assert [each["value"] for each in suggest(known["phones"], "dEMO")] == ["p1", "dEMO"]
