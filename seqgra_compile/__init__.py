"""Compile seqgra model definitions into self-contained, readable training scripts."""

__version__ = "0.1.0"
