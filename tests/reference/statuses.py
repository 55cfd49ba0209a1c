"""The HTTP status codes of table 5-1, and the two that the gateway adds."""

STATUSES = {
    200: "what was asked for was got",
    201: "something was created",
    202: "it was accepted and is being done",
    204: "it was done, and there is nothing to answer",
    400: "the request lacks something, or holds something invalid",
    401: "the credentials are not good",
    403: "the request may not be carried out",
    404: "what was asked for was not found",
    405: "the operation is not allowed on it",
    406: "it cannot be answered in the form that was asked for",
    409: "it conflicts with the state of what it concerns",
    411: "the request says no Content-Length",
    413: "the request is larger than the server takes",
    416: "the range that was asked for is not there",
    429: "there were more requests than the flow control lets through",
    500: "something unforeseen happened inside",
    501: "the function is not there",
    502: "the gateway did not reach the service",
    503: "there were too many requests, and the system cannot serve now",
    504: "the gateway waited too long for the service",
}
REQUIREMENTS = {f"status:{status}": f"HTTP {status} means: {meaning}." for status, meaning in STATUSES.items()}
