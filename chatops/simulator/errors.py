"""Every error the API reference prints, as this stand-in answers it (reference, tables 5-1 and 5.2).

Two families: `ApiError` holds the 47 rows of the service itself, `GatewayError` what the gateway before it says.
"""

from enum import Enum


class ApiError(Enum):
    """One row of the reference's error table: HTTP status, number of the code, message."""

    TENANT_UNKNOWN = (200, "0000", "Tenant does not exist")
    TENANT_HEADER_MISSING = (200, "0001", "Missing request header x-tenant-id")
    REQUEST_ID_MISSING = (200, "0002", "Missing request header x-request-id")
    PROJECT_UNKNOWN = (200, "0004", "Project does not exist")
    HEADER_MISSING = (200, "0005", "Missing request header")
    NOT_SUBSCRIBED = (200, "1004", "Service not subscribed")
    NOT_OF_TENANT = (200, "1012", "Instance does not belong to the tenant")
    CLOUD_APP_UNKNOWN = (200, "2001", "Cloud app does not exist")
    CLOUD_APP_UNAUTHORISED = (200, "2002", "Cloud app not authorised")
    NO_IDLE_INSTANCE = (200, "2003", "No idle instance")
    FROZEN = (200, "2004", "Instance frozen")
    RESTORING = (200, "2005", "Instance is being restored")
    BACKING_UP = (200, "2006", "Instance is being backed up")
    SKU_OR_REGION_UNKNOWN = (200, "3002", "No such sku or region")
    OS_MISSING = (200, "3003", "General instance needs an OS version")
    MONTHS_OUT_OF_RANGE = (200, "3006", "If the period type is month, the period must be 1 to 9")
    YEARS_OUT_OF_RANGE = (200, "3007", "If the period type is year, the period must be 1 to 3")
    FAST_INSTALL_INVALID = (200, "3008", "fast_install must be 0 or 1")
    PHONE_ID_NOT_FOUND = (200, "3009", "phoneId not found")
    INSTANCE_UNKNOWN = (200, "4001", "Instance does not exist")
    OUT_OF_STOCK = (200, "40010", "Out of stock")
    SIZE_NOT_A_NUMBER = (200, "62006", "The size of the app must be a number")
    INSTANCE_ABNORMAL = (200, "62010", "Cloud instance abnormal")
    PACKAGE_TOO_LARGE = (200, "62015", "The size of the app package exceeds 2G")
    PACKAGES_TOO_LARGE = (200, "62016", "The app packages of the tenant exceed 1T")
    DOWNLOAD_FAILED = (200, "62017", "Download failed, check install_package_url")
    INSTALL_FAILED = (200, "62019", "App install failed")
    VERSION_CONFLICT = (200, "62020", "Version conflict")
    NO_SPACE = (200, "62021", "Not enough space")
    CACHE_EMPTY = (200, "9001", "Redis returned an empty value")
    REQUEST_ID_INVALID = (400, "0003", "Invalid request header x-request-id")
    PARAMETER_ERROR = (400, "1000", "Request parameter error, check type and range")
    SEVERAL_REGIONS = (400, "1002", "instance not in the same region, modify the request instance to the same region")
    COMBINATION_MISSING = (400, "1005", "Not all encoding and network combinations given")
    SKU_MISMATCH = (400, "3001", "The instance sku must match the band sku")
    THIRD_PARTY_REFUSED = (400, "4999", "Third-party API error")
    PAY_PER_USE = (400, "5001", "Pay-per-use instance cannot be deleted")
    PARAMETER_INVALID = (400, "6000", "Invalid request parameter")
    NO_RIGHT_TO_INSTANCE = (401, "1001", "The tenant has no permission for the instance, check the instance id")
    NOT_WHITELISTED = (401, "1003", "The tenant is not authorised to use the API")
    TOKEN_INVALID = (401, "6001", "Authentication failed!")
    NO_PERMISSION = (403, "6002", "No permission")
    TOKEN_UNPARSEABLE = (500, "6002", "Token parsing failed")
    DECRYPTION_FAILED = (500, "9000", "Decryption failed")
    LOCK_UNAVAILABLE = (500, "9002", "Could not get the redis lock")
    THIRD_PARTY_FAILED = (500, "9003", "Third-party API error")
    UNKNOWN = (500, "9999", "Unknown error")

    def __init__(self, status: int, number: str, message: str) -> None:
        """Give the row names; the tuple stays the value, because 6002 stands in the table twice."""
        self.status = status
        self.code = f"KOOPHONE.API.{number}"
        self.message = message


class GatewayError(Enum):
    """What the gateway answers before the service is reached (conflicts list, section 3)."""

    API_UNKNOWN = (404, "APIGW.0101", "The API does not exist or has not been published in the environment")
    METHOD_UNKNOWN = (405, "APIGW.0101", "The API does not support this method")
    NOT_ACCEPTABLE = (406, "APIGW.0201", "Only application/json can be answered")
    LENGTH_REQUIRED = (411, "APIGW.0201", "Missing content-length")
    BODY_TOO_LARGE = (413, "APIGW.0201", "Request entity too large")
    TARGET_TOO_LONG = (414, "APIGW.0201", "Request URI too long")
    AUTHENTICATION_WRONG = (401, "APIGW.0301", "Incorrect IAM authentication information")
    DATE_SKEWED = (
        401,
        "APIGW.0303",
        "Incorrect app authentication information: the date of the signature is too far off",
    )
    TOKEN_OUTDATED = (401, "APIGW.0307", "The token must be updated.")
    THROTTLED = (429, "APIGW.0308", "The throttling threshold has been reached")
    BACKEND_UNAVAILABLE = (502, "APIGW.0201", "Backend unavailable")
    BACKEND_TIMEOUT = (504, "APIGW.0201", "Backend timeout")

    def __init__(self, status: int, code: str, message: str) -> None:
        """Give the row names; the tuple stays the value, because codes repeat."""
        self.status = status
        self.code = code
        self.message = message


class RefusedError(Exception):
    """A request that is answered with an error instead of being carried out."""

    def __init__(self, error: ApiError | GatewayError, detail: str = "") -> None:
        """Keep the row, and what in this request earned it."""
        super().__init__(f"{error.code}: {detail or error.message}")
        self.error = error
        self.detail = detail

    @property
    def message(self) -> str:
        """The row's message, with the detail in brackets for whoever debugs a client."""
        return f"{self.error.message} ({self.detail[:4000]})" if self.detail else self.error.message


def find_error(status: int, code: str) -> ApiError | GatewayError | None:
    """The documented row of a status and a full code; None for a code nobody documents."""
    rows: tuple[ApiError | GatewayError, ...] = (*ApiError, *GatewayError)
    return next((row for row in rows if (row.status, row.code) == (status, code)), None)
