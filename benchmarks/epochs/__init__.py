"""What `benchmarks/epoch.py` measures: cases, their data, and the contenders, each a process."""
