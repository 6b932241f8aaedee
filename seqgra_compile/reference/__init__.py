"""The catalog in words: for a terminal (`--list`), for XML editors (schemas/), for readers (docs/)."""
