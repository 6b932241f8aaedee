def add_sources(data_dir: Path, run: dict) -> None:
    """Add the records that seqgra-data and simulate.py leave beside their data."""
    run["sources"] = {}
    for path in (data_dir / "data.json", data_dir / "simulation.json"):
        if path.exists():
            try:
                record = json.loads(path.read_bytes())
            except ValueError:  # edited by hand
                record = None
            fits = all(part["sha256"] in str(record) for part in run["data"].values())
            run["sources"][path.name] = record if fits else "of other data"
            if not fits:
                print(f"warning: {path} describes other data", file=sys.stderr)
