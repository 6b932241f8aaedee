"""Runs that are over: read, compared with one another, and put into tables."""
