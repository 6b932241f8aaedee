def save(path: Path, *rows, data: bytes | memoryview = b"") -> None:
    """Write bytes, or rows of text; the file appears whole or not at all."""
    partial = Path(f"{path}.partial")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.writelines(("\t".join(map(str, row)) + "\n").encode() for row in rows)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)  # a partial file may fill the disk
        error.filename = str(path)  # the error of a full disk names no file
        raise
