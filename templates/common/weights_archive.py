def open_weights(name: str, sha256: str) -> h5py.File:
    """Weights in the archive beside this script, if unchanged since compilation."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: changed since compilation; its SHA-256 must be {sha256}")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r")


def read_weights(layer: h5py.Group, *paths: str) -> list[np.ndarray]:
    return [layer[path][...] for path in paths]
