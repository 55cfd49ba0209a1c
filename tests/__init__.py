"""Tests of the whole project; what each folder proves is in the README beside this file."""
