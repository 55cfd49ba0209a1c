"""Runbooks as Markdown, read with ``importlib.resources``; no code lives here."""
