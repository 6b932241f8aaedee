def add_sources(data_dir: Path, run: dict) -> None:
    """The records that seqgra-data and simulate.py leave beside data that they make."""
    run["sources"] = {}
    for path in (data_dir / "data.json", data_dir / "simulation.json"):
        if path.exists():
            try:
                record = json.loads(path.read_bytes())
            except ValueError:  # it was changed by hand
                record = None
            fits = all(part["sha256"] in str(record) for part in run["data"].values())
            run["sources"][path.name] = record if fits else "of other data"
            if not fits:
                print(f"warning: {path} is of other data", file=sys.stderr)
