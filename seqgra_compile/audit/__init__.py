"""What an auditor asks about a definition, a script and a run. Compiling does not import this."""
