def open_weights(name: str, sha256: str) -> bytes:
    """The file of variables beside this script, if unchanged since compilation."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: changed since compilation; its SHA-256 must be {sha256}")
    return data


def read_weights(file: bytes, *variables: tuple[str, int, tuple]) -> list[np.ndarray]:
    """Variables of a SavedModel: each has its name, offset in bytes and shape."""
    return [
        np.frombuffer(file, "<f4", math.prod(shape), offset).reshape(shape).copy()
        for _, offset, shape in variables
    ]
