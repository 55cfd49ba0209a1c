"""What every params and result model shares."""

from pydantic import BaseModel, ConfigDict

from tools._text import ReportedId


class Params(BaseModel):
    """Validated input. An unknown argument, or one of another type, is refused rather than guessed at."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class NoParams(Params):
    """Nothing to say."""


class Result(BaseModel):
    """Validated output. Fields the API adds are ignored; fields it leaves out are None or empty."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, populate_by_name=True, coerce_numbers_to_str=True, hide_input_in_errors=True
    )


class Accepted(Result):
    """The API has taken the call; whether the phones did what was asked must be read back.

    The reference documents no task id for these calls; later versions of the API add one (conflict 15).
    """

    task_id: ReportedId | None = None
