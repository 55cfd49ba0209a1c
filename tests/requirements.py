"""What was promised, each with an id: every endpoint, header, limit, enum member, status, error and contradiction.

Written from the vendor's reference (version 03, 2025-08-27), never derived from the code it holds to account. A test
carries an id with ``@pytest.mark.requirement("...")``; ``tests/repository/test_requirements.py`` checks both ways.
"""

from tests.reference import calls, contradictions, enums, errors, headers, limits, statuses

REQUIREMENTS: dict[str, str] = {
    **calls.REQUIREMENTS,
    **headers.REQUIREMENTS,
    **limits.REQUIREMENTS,
    **enums.REQUIREMENTS,
    **statuses.REQUIREMENTS,
    **errors.REQUIREMENTS,
    **contradictions.REQUIREMENTS,
}
