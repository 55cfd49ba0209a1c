"""The 47 rows of table 5.2: HTTP status, code, and what it means."""

from dataclasses import dataclass

FAMILY = "KOOPHONE.API"


@dataclass(frozen=True, kw_only=True)
class Documented:
    """One row. One number stands there twice, so that a row is known by its status as well."""

    status: int
    number: str
    meaning: str

    @property
    def code(self) -> str:
        return f"{FAMILY}.{self.number}"

    @property
    def id(self) -> str:
        return f"code:{self.status}/{self.code}"


_ROWS = {
    200: {
        "0000": "the tenant does not exist",
        "0001": "the header x-tenant-id is missing",
        "0002": "the header x-request-id is missing",
        "0004": "the project does not exist",
        "0005": "a header is missing",
        "1004": "the service is not subscribed",
        "1012": "the phone does not belong to the tenant",
        "2001": "the cloud app does not exist",
        "2002": "the cloud app is not authorised",
        "2003": "no phone is idle",
        "2004": "the phone is frozen",
        "2005": "the phone is being restored",
        "2006": "the phone is being backed up",
        "3002": "there is no such sku or region",
        "3003": "a general phone needs a version of its system",
        "3006": "a monthly period is 1 to 9",
        "3007": "a yearly period is 1 to 3",
        "3008": "fast_install should be 0 or 1",
        "3009": "the phoneId cannot be looked up",
        "4001": "the phone does not exist",
        "40010": "there are not enough in stock",
        "62006": "the size of the app must be a number",
        "62010": "the phone is abnormal",
        "62015": "the app package is larger than 2 GB",
        "62016": "the tenant's app packages are larger than 1 TB together",
        "62017": "the download failed: the link is to be checked",
        "62019": "the app could not be installed",
        "62020": "the version conflicts",
        "62021": "there is not enough space",
        "9001": "the cache answered nothing",
    },
    400: {
        "0003": "the header x-request-id is invalid",
        "1000": "a parameter has the wrong type or range",
        "1002": "the phones are not in one region",
        "1005": "not all combinations of encoding and network are there",
        "3001": "the sku of the phone does not match that of the bandwidth",
        "4999": "a third party's API failed",
        "5001": "a pay-per-use phone cannot be deleted",
        "6000": "a parameter is invalid",
    },
    401: {
        "1001": "the tenant has no right to the phone",
        "1003": "the tenant is not on the list of those who may use the API",
        "6001": "the token is not good any more",
    },
    403: {"6002": "it is not permitted"},
    500: {
        "6002": "the token cannot be parsed",
        "9000": "something could not be decrypted",
        "9002": "a lock could not be had",
        "9003": "a third party's API failed",
        "9999": "it is not known what failed",
    },
}
ERRORS = tuple(
    Documented(status=status, number=number, meaning=meaning)
    for status, rows in _ROWS.items()
    for number, meaning in rows.items()
)
REQUIREMENTS = {row.id: f"HTTP {row.status} with {row.code} means: {row.meaning}." for row in ERRORS}
