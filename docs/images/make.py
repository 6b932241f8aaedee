"""The pictures of the README and of docs/: python docs/images/make.py. Needs Chromium and Pillow."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import browser  # noqa: E402

_AUDIT, _DEFINITION = "seqgra_compile.commands.audit", "examples/motifs.xml"
_FIND = (
    "[...document.querySelectorAll('{lines}')].find(line => line.textContent.includes('{text}')).id"
)


def run(*words: object) -> None:
    """A program of Python, where the examples are."""
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def save(tab: browser.Tab, name: str, folder: Path) -> None:
    """What is seen, in 64 colours: a third of the bytes, and text stays as sharp."""
    tab.picture(folder / name)
    with Image.open(folder / name) as picture:
        picture.convert("RGB").quantize(64).save(HERE / name, optimize=True)
    print(name, (HERE / name).stat().st_size // 1024, "KiB")


def report(tab: browser.Tab, folder: Path) -> None:
    """Definition and script, with the links of the convolution."""
    page = folder / "report.html"
    run("-m", _AUDIT, "report", _DEFINITION, "-o", page)
    tab.open(page, 1280, 640)
    line = tab.run(_FIND.format(lines="[id^=s-]", text="nn.Conv1d("))
    tab.click(f"#{line} code")
    # The class at the top of its side, and both sides at the top of the page.
    above = f"#s-{int(line.removeprefix('s-')) - 7}"
    tab.run(f"document.querySelector('{above}').scrollIntoView()")
    tab.run(
        "window.scrollTo(0, document.querySelector('[id^=s-]').closest('section').offsetTop - 56)"
    )
    save(tab, "report.png", folder)


def run_page(tab: browser.Tab, folder: Path) -> None:
    """What came out of a run of the first example: the head of its page."""
    script, results, page = folder / "train.py", folder / "first", folder / "run.html"
    run("-m", "seqgra_compile", _DEFINITION, "-o", script)
    run(script, "examples/data", "-o", results, "-g", "-1")
    run("-m", _AUDIT, "report", _DEFINITION, "--run", results, "-o", page)
    tab.open(page, 1280, 796)
    tab.run(
        "[...document.querySelectorAll('h2')].find(h => h.textContent == 'Results').scrollIntoView()"
    )
    tab.run("window.scrollBy(0, -72)")
    save(tab, "run.png", folder)


def main() -> None:
    executable = browser.find()
    if executable is None:
        sys.exit(f"no browser: one of {', '.join(browser.NAMES)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "profile").mkdir()
        with browser.browser(executable, folder / "profile") as tab:
            report(tab, folder)
            run_page(tab, folder)


if __name__ == "__main__":
    main()
