"""The Slack door. What is drawn and read here is pure: nothing in these modules sends or receives."""
