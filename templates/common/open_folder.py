def open_folder(out: Path, resume: bool) -> sqlite3.Connection:
    """Refuse a folder with other files; lock it for as long as this process lives."""
    out.mkdir(parents=True, exist_ok=True)
    passing = {"lock", "lock-journal", "checkpoint.partial"}
    found = set(os.listdir(out)) - passing
    if resume and "receipt.json" in found and "checkpoint" not in found:
        print(f"{out}: this run has come to its end")
        sys.exit(0)
    if found and not (resume and "checkpoint" in found):
        problem = "not empty, and nothing to resume; name another folder with -o"
        raise FileExistsError(0, problem, str(out))
    try:
        lock = sqlite3.connect(out / "lock", timeout=0)
        lock.execute("BEGIN EXCLUSIVE")
        if set(os.listdir(out)) - passing != found:  # a run ended just now
            raise sqlite3.OperationalError("was until now")
    except sqlite3.Error as error:
        raise BlockingIOError(0, f"another run is at work there, or {error}", str(out))
    return lock
