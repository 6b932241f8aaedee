def finish(run: dict, results: dict, out: Path) -> None:
    """metrics.json, what the run came to, and receipt.json, all that is known of it."""
    rows = run["versions"] | {"device": run["device"], "threads": run["threads"]}
    save(out / "session-info.txt", *rows.items())
    metrics = {"data": run["data"]} | results
    save(out / "metrics.json", [json.dumps(metrics, indent=2)])
    circumstances = {"host": platform.node(), "time": time.ctime()}
    receipt = run | results | {"circumstances": circumstances}
    save(out / "receipt.json", [json.dumps(receipt, indent=2)])
    for name, part in metrics.items():
        for key, value in part.items():
            print(f"{name} {key}: {value}")
