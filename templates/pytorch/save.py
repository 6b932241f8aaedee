def save(path: Path, *rows, state: dict | None = None) -> None:
    """Rows of text, or a state: the file appears complete or not at all."""
    memory = io.BytesIO()
    memory.writelines(("\t".join(map(str, row)) + "\n").encode() for row in rows)
    if state:
        torch.save(state, memory)  # straight to a full disk, it hides the reason
    with open(f"{path}.partial", "wb") as file:
        file.write(memory.getbuffer())
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
