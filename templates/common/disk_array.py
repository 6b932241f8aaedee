class DiskArray:
    """An array in a file; indexing reads rows, whose values must be below a limit."""

    def __init__(self, path: Path, row: np.dtype, limit: int) -> None:
        self.path, self.row, self.limit = path, row, limit
        self.shape = (path.stat().st_size // row.itemsize, *row.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self):
        return (row for part in self.split(1000) for row in part)

    def split(self, size: int):
        return (self[start : start + size] for start in range(0, len(self), size))

    def read(self, index: slice | np.ndarray) -> np.ndarray:
        """Copy rows from the file; the pages of a memory map would stay in memory."""
        size = self.row.itemsize
        with self.path.open("rb", buffering=0) as file:
            if isinstance(index, slice):
                start, stop, _ = index.indices(len(self))
                count = (stop - start) * size
                data = np.fromfile(file, np.uint8, count, offset=start * size)
                complete = len(data) == count
            else:
                data, complete = np.empty((len(index), size), np.uint8), True
                for row, place in zip(data, index.tolist()):
                    file.seek(place * size)
                    complete &= file.readinto(row) == size
        rows = data.reshape(-1).view(self.row.base)
        if not complete or rows.min(initial=0) < 0 or rows.max(initial=0) >= self.limit:
            raise OSError(0, "damaged during the run; delete its cache", str(self.path))
        return rows.reshape(-1, *self.shape[1:])
