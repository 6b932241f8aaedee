"""`python -m seqgra_compile`."""

from .commands.compile import main

main(prog_name="seqgra-compile")
