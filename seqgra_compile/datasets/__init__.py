"""A data folder from a user's own sequence files, and a check of one.

An input (`fasta`, `bed`, `table`) gives examples, one after another. `preparation` brings each to
the letters and the length of the set, `spool` holds them on disk, `split` says which set each
belongs to, and `folder` writes the three files.
"""
