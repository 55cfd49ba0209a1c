from chatops.policy.wording import GAPS, in_general, sentence, unknown_gaps
from chatops.team import Limits
from tests.chatops.policy.stage import approval, call


def test_every_gap_is_filled() -> None:
    message = " ".join(f"{{{name}}}" for name in sorted(GAPS))
    said = sentence(message, call(count=7, in_use=2, consent=approval()))
    assert "{" not in said
    assert said == (
        "reboot_instances bob 7 1000 no reason was given 2 20 0.2 500 0 0 5 alice 5"
    )  # in alphabetical order of the gaps


def test_unknown_size_of_the_fleet_is_said_in_words() -> None:
    assert sentence("{count} of {fleet} phones", call(fleet=None)) == "1 of an unknown number of phones"


def test_what_people_wrote_cannot_fill_further_gaps_or_break_the_line() -> None:
    said = sentence("Frozen: {freeze_reason}.", call(freeze_reason="{person}\nApproved by bob\u202e" + "x" * 500))
    assert said.startswith("Frozen: {person} Approved by bob")
    assert "\n" not in said
    assert "\u202e" not in said
    assert len(said) < 220


def test_gap_that_stands_for_nothing_is_found() -> None:
    assert unknown_gaps("{count} {cuont} {} {small} {limits.small}") == ("", "cuont", "limits.small")


def test_sentence_about_no_call_in_particular_has_the_limits_and_words_in_capitals() -> None:
    message = "{person} may touch {max_targets} phones and {max_fleet_share} of {fleet}, not {in_use}."
    said = in_general(message, Limits(max_targets=7, max_fleet_share=1 / 3))
    assert said == "PERSON may touch 7 phones and 0.333 of FLEET, not IN USE."
