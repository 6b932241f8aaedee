class Mapped:
    """An array in a file: indexing copies rows to the device and keeps no page of it."""

    def __init__(self, path: Path, row: np.dtype) -> None:
        self.path, self.row, self.device = path, row, None
        self.shape = (path.stat().st_size // row.itemsize, *row.shape)

    def to(self, device: torch.device):
        self.device = device
        return self

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index) -> np.ndarray | torch.Tensor:
        index = index.cpu().numpy() if isinstance(index, torch.Tensor) else index
        file = np.memmap(self.path, self.row.base, "r", shape=self.shape)
        rows = np.array(file[index])
        return rows if self.device is None else torch.from_numpy(rows).to(self.device)

    def split(self, size: int):
        return (self[start : start + size] for start in range(0, len(self), size))
