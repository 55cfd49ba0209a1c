"""What Slack takes at most, each limit once. Characters, unless it says otherwise.

Sources: docs.slack.dev/reference/block-kit/blocks and …/block-kit/block-elements and …/composition-objects, each by the
name of its block or element; docs.slack.dev/reference/views; slack_sdk 3.48, where it keeps a constant.
"""

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100

SECTION_TEXT = 3000
FIELD_TEXT = 2000
HEADER_TEXT = 150
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
IDENTIFIER = 255
"""``action_id``, ``block_id`` and ``callback_id``."""
INPUT_LABEL = 2000
INPUT_HINT = 2000
PLACEHOLDER = 150
INPUT_TEXT = 3000
"""What a person may type into a plain text input, and what may stand in it."""
OPTIONS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
VIEW_TITLE = 24
TABLE_ROWS = 100
"""With the row of headings."""
TABLE_COLUMNS = 20
TABLE_TEXT = 10_000
"""All cells of all tables of one message (docs.slack.dev/reference/block-kit/blocks/table-block)."""
IMAGE_ALT = 2000

FALLBACK = 4000
"""The advice for ``text`` in docs.slack.dev/reference/methods/chat.postMessage; 40,000 is where Slack cuts it."""
MESSAGE_TEXT = 12_000
"""Ours: all the text of one message's blocks. Slack answers ``msg_too_long`` somewhere above 13,000."""
