"""The doors. Each knows the executor and nothing of the others."""
