    device = None  # then rows are arrays of NumPy

    def to(self, device: torch.device):
        self.device = device
        return self

    def __getitem__(self, index) -> np.ndarray | torch.Tensor:
        rows = self.read(index if isinstance(index, slice) else index.cpu().numpy())
        return rows if self.device is None else torch.from_numpy(rows).to(self.device)
