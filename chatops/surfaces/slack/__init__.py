"""The Slack door: slash commands, forms, approvals and operations, for people."""
