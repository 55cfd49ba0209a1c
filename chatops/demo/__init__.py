"""An on-call story, played in the terminal: simulator, service and a real MCP client. It leaves no trace."""

from chatops.demo.story import play

__all__ = ["play"]
