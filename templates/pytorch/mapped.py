class Mapped:
    """An array in a file: indexing copies rows to the device."""

    def __init__(self, path: Path, row: np.dtype) -> None:
        self.path, self.row, self.device = path, row, None
        self.shape = (path.stat().st_size // row.itemsize, *row.shape)

    def to(self, device: torch.device):
        self.device = device
        return self

    def __len__(self) -> int:
        return self.shape[0]

    def read(self, index) -> np.ndarray:
        """Copy rows from the file; pages of a memory map would add up."""
        size = self.row.itemsize
        with self.path.open("rb", buffering=0) as file:
            if isinstance(index, slice):
                start, stop, _ = index.indices(len(self))
                count = (stop - start) * size
                rows = np.fromfile(file, np.uint8, count, offset=start * size)
            else:
                rows = np.empty((len(index), size), np.uint8)
                for row, place in zip(rows, index.tolist()):
                    file.seek(place * size)
                    file.readinto(row)
        return rows.reshape(-1).view(self.row.base).reshape(-1, *self.shape[1:])

    def __getitem__(self, index) -> np.ndarray | torch.Tensor:
        rows = self.read(index if isinstance(index, slice) else index.cpu().numpy())
        return rows if self.device is None else torch.from_numpy(rows).to(self.device)

    def split(self, size: int):
        return (self[start : start + size] for start in range(0, len(self), size))
