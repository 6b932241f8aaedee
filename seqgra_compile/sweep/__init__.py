"""`seqgra-sweep`: a grid of models, seeds and data as a folder of scripts and a workflow.

It writes files and runs nothing; Snakemake or a shell runs them.
"""
