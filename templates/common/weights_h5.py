def open_weights(name: str, sha256: str) -> h5py.Group:
    """Weights in a file beside this script, if it is the one compiled in."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: its SHA-256 is not {sha256}, that of the file compiled in")
    return h5py.File(io.BytesIO(data), "r")["model_weights"]


def read_weights(layer: h5py.Group, *paths: str) -> list[np.ndarray]:
    return [layer[path][...] for path in paths]
