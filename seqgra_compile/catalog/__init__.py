"""The language, as tables: what a definition may say, and how each library says it."""
