"""`python -m seqgra_compile`."""

from .cli import main

main(prog_name="seqgra-compile")
