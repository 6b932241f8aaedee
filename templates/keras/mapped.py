class Mapped:
    """An array in a file: indexing copies rows and keeps no page of it in memory."""

    def __init__(self, path: Path, row: np.dtype) -> None:
        self.path, self.row = path, row
        self.shape = (path.stat().st_size // row.itemsize, *row.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index) -> np.ndarray:
        file = np.memmap(self.path, self.row.base, "r", shape=self.shape)
        return np.array(file[index])

    def split(self, size: int):
        return (self[start : start + size] for start in range(0, len(self), size))
