def add_sources(data_dir: Path, run: dict) -> None:
    """The records that seqgra-data and simulate.py leave beside data that they make."""
    run["sources"] = {}
    for path in (data_dir / "data.json", data_dir / "simulation.json"):
        if path.exists():
            text = path.read_text("utf-8", "replace")
            fits = all(part["sha256"] in text for part in run["data"].values())
            run["sources"][path.name] = json.loads(text) if fits else "of other data"
            if not fits:
                print(f"warning: {path} is of other data", file=sys.stderr)
