"""The two ways requests of Slack come in: signed HTTP, and Socket Mode."""
