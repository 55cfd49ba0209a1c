"""Killing the service at every point between "asked" and "told", and looking at what is left."""
