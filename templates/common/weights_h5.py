def open_weights(name: str, sha256: str) -> h5py.Group:
    """Weights in a file beside this script, if unchanged since compilation."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: changed since compilation; its SHA-256 must be {sha256}")
    return h5py.File(io.BytesIO(data), "r")["model_weights"]


def read_weights(layer: h5py.Group, *paths: str) -> list[np.ndarray]:
    return [layer[path][...] for path in paths]
