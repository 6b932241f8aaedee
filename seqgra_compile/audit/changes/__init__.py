"""What the change from one definition to another means for training, or for the data."""
