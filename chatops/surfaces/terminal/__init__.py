"""The terminal: actions as commands, their help, their questions and their answers, derived from the registry."""
