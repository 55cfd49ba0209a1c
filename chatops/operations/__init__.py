"""The record of changing calls: at most once, or unknown."""
