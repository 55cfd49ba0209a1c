"""What the Slack door does with what comes in. Everything that decides stands below the doors; this asks it."""
