def read_weights(name: str, sha256: str) -> list[np.ndarray]:
    """The arrays in a .npy file beside this script, if unchanged since compilation."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: changed since compilation; its SHA-256 must be {sha256}")
    # Arrays of several shapes are a pickle: this one was inspected by the compiler.
    return list(np.load(io.BytesIO(data), allow_pickle=True))
