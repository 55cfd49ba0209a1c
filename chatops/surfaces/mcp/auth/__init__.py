"""Who is calling over HTTP: bearer tokens of an identity provider, or personal ones of the team file."""
