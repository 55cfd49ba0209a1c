"""The eighteen calls of the service, as handlers of a parsed and authenticated call."""
