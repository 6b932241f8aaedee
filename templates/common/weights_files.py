def read_weights(name: str, sha256: str) -> list[np.ndarray]:
    """Arrays of a .npy file beside this script, if it is the file that was compiled in."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: not the file that this script was compiled with (SHA-256 {sha256})")
    # A list of arrays is stored as a pickle: this one was inspected when it was compiled in.
    arrays = np.load(io.BytesIO(data), allow_pickle=True)
    return list(arrays) if arrays.dtype == object else [arrays]
