"""What an auditor asks of a definition, a script and a run. No compilation imports this."""
