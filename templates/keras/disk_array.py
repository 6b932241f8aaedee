    def __getitem__(self, index: slice | np.ndarray) -> np.ndarray:
        return self.read(index)
