def open_weights(name: str, sha256: str) -> h5py.File:
    """The Keras file beside this script, if it is the one compiled in."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: its SHA-256 is not {sha256}, that of the file compiled in")
    return h5py.File(io.BytesIO(data), "r")


def read_weights(file: h5py.File, *paths: str) -> list[np.ndarray]:
    return [file[path][...] for path in paths]
