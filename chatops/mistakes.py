"""What is wrong with a value, in words for whoever wrote it: the validating library speaks of tuples and instances."""

from pydantic_core import ErrorDetails

_A_LIST = "must be a list, such as [one, another]"
_NAMED = "must hold names with values, such as {{name: value}}"
_TRUTH = "must be true or false"
_WHOLE = "must be a whole number"
_NUMBER = "must be a number"
_TIME = "must be a time with its zone, such as 2026-12-24T00:00:00Z"
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "tuple_type": _A_LIST,
    "list_type": _A_LIST,
    "dict_type": _NAMED,
    "model_type": _NAMED,
    "model_attributes_type": _NAMED,
    "string_type": "must be text; quotes make it text",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": "is larger than any number here",
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "timezone_aware": _TIME,
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "multiple_of": "must be a multiple of {multiple_of:g}",
    "too_short": "must name at least {min_length}",
    "too_long": "may name at most {max_length}, not {actual_length}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "may have at most {max_length} characters",
    "string_pattern_mismatch": "has characters that it may not have; its form is {pattern}",
}
_TRUTHS = {"True": "true", "False": "false"}


def mistake(problem: ErrorDetails) -> str:
    """What is wrong, to be read behind the name of what it is about; a value is never repeated."""
    context = problem.get("ctx", {})
    if problem["type"] in {"literal_error", "enum"}:
        expected = str(context.get("expected", ""))
        return f"must be {_TRUTHS.get(expected, expected)}"
    words = _WORDS.get(problem["type"])
    if words is not None:
        return words.format_map(context).replace("at least 1 characters", "at least 1 character")
    message = problem["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
