"""Draw training examples of a data folder: python draw.py FOLDER SIZE SEED OUTPUT

SIZE is their number, or with a point the share of all. Under one seed, larger sizes hold
the smaller ones. The validation and test sets are links to those of FOLDER.
"""

import os
import random
import sys
from pathlib import Path


def main() -> None:
    folder, out = Path(sys.argv[1]).resolve(), Path(sys.argv[4])
    with (folder / "training.txt").open("rb") as file:
        header, *lines = file
    lines = [line.rstrip(b"\r\n") + b"\n" for line in lines if line.strip()]
    word = sys.argv[2]
    size = round(float(word) * len(lines)) if "." in word else int(word)
    if not 1 <= size <= len(lines):
        sys.exit(
            f"{folder / 'training.txt'}: {len(lines)} examples; {word} were asked for"
        )
    draws = random.Random(int(sys.argv[3]))
    keys = [draws.random() for _ in lines]
    chosen = sorted(sorted(range(len(lines)), key=keys.__getitem__)[:size])
    out.mkdir(parents=True, exist_ok=True)
    for name in ("validation.txt", "test.txt"):
        (out / name).unlink(missing_ok=True)
        os.symlink(folder / name, out / name)
    partial = out / "training.txt.partial"
    partial.write_bytes(header + b"".join(lines[index] for index in chosen))
    partial.replace(out / "training.txt")  # last: where it is, the folder is complete
    print(f"{out}: {size} of {len(lines)} training examples")


if __name__ == "__main__":
    main()
