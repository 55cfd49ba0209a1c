"""The headers of the reference: table 3-3, those of each call's page, and those of the signature."""

REQUIREMENTS = {
    "header:host": "Host names the server, with its port where that is not the scheme's own; it is signed (table 3-3).",
    "header:content-type": "Content-Type is application/json, where a table demands it and elsewhere (table 4-87).",
    "header:content-length": "Content-Length is the length of the body in bytes, and 0 for a POST without one (411).",
    "header:x-auth-token": "X-Auth-Token carries the token of IAM on every call that is not signed (table 3-3).",
    "header:x-subject-token": "X-Subject-Token of IAM's answer is the token (section 3.3).",
    "header:x-request-id": "x-request-id is on every call and differs from one attempt to the next (table 4-1).",
    "header:x-request-id-query": "x-request-id of the listing stands in its query too, with one value (table 4-66).",
    "header:x-tenant-id": "x-tenant-id is sent where it is configured, and nowhere else (error 0001).",
    "header:authorization": "Authorization carries algorithm, access key, signed headers and signature (section 3.2).",
    "header:x-sdk-date": "X-Sdk-Date is the moment of the signature, to the second, in UTC (section 3.1).",
    "header:x-project-id": "X-Project-Id is the id of the project, signed, configured or looked up (section 5.3).",
    "header:x-security-token": "X-Security-Token goes with a temporary access key, signed, and with no other.",
    "header:x-sdk-content-sha256": "X-Sdk-Content-Sha256 stands in for the hash of the body where it is sent.",
    "header:response-content-type": "The body of an answer is read as JSON whatever its Content-Type (section 3.3).",
    "header:response-x-request-id": "The gateway's own request id is told, because its support asks for it.",
    "header:retry-after": "Retry-After of a 429 or a 503 is waited for, in seconds or as a date.",
}
