def save(path: Path, *rows, data: bytes | memoryview = b"") -> None:
    """Rows of text, or bytes: the file appears complete or not at all."""
    with open(f"{path}.partial", "wb") as file:
        file.write(data)
        file.writelines(("\t".join(map(str, row)) + "\n").encode() for row in rows)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
