"""The door for AI assistants: the Model Context Protocol. What is heavy is imported when it is served."""
