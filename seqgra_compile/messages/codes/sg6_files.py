"""SG6: files that a definition names."""

from __future__ import annotations

from .row import Explanation

FILES = {
    "SG601": Explanation(
        "a file that is not there",
        """
        The definition names a file which lies neither beside it nor in a folder given with -I.
        Other places are never searched: the result must not depend on where you stand. The help
        line lists the paths tried and the nearest existing file.

            <external format="pytorch-module" classname="Basset">PyTorch/bassett.py</external>

        Correct the path, or name the folder in which it starts:

            seqgra-compile -I ~/models model.xml
        """,
    ),
    "SG602": Explanation(
        "a path that leaves the folder",
        """
        Paths start beside the definition or in a -I folder and stay inside it. Absolute paths, ~,
        .. and links that lead out are refused: a definition from somebody else must not be able to
        bring a file of yours into a script.

            <external format="pytorch-module" classname="Basset">../../basset.py</external>

        Name the folder in which the path starts with -I, or copy the file beside the definition.
        """,
    ),
    "SG603": Explanation(
        "a file that cannot be read",
        """
        Something of this name exists, but it is a folder or a device, may not be read, is larger
        than anything of its kind, or its name is impossible on this system.

            <external format="pytorch-module" classname="Basset">PyTorch</external>

        Name the file itself, and see to it that you may read it.
        """,
    ),
    "SG604": Explanation(
        "a module that cannot be embedded",
        """
        An external module is embedded in the script as text; it is parsed by Python and never run.
        So it has to be a Python 3 module that the Python which runs the compiler accepts, with
        each import on lines of its own and no else behind `if __name__ == "__main__"`.

            import torch; from torch import nn

        Correct the module at the line that the message gives:

            import torch
            from torch import nn
        """,
    ),
    "SG605": Explanation(
        "a class that the module does not define",
        """
        classname has to name a class at the top level of the module; the script makes the model by
        calling it without arguments.

            <external format="pytorch-module" classname="TorchModle">model.py</external>

        Correct the name. A class that is imported, or made inside a function, does not count.
        """,
    ),
    "SG606": Explanation(
        "a name that the script uses itself",
        """
        A script is one file, so its own functions and constants share their names with those of
        the embedded module. One definition would silently replace the other.

            def train(model):     in the module: the script has a function train too

        Rename it in the module. The message lists all such names.
        """,
    ),
    "SG607": Explanation(
        "an import that a single file cannot resolve",
        """
        The module imports a file of its own folder, or of a folder that it adds to sys.path, which
        is not there when the script runs elsewhere; or it imports everything of a module by *, so
        that nobody can tell which names it takes. Imports below `if TYPE_CHECKING` never run.

            from layers import GatedConv

        Copy what is needed into the module, or install that code as a package. Instead of *, write
        the names.
        """,
    ),
    "SG608": Explanation(
        "the module needs one more package",
        """
        A note, not an error. The module imports a package beyond PyTorch and NumPy. The script
        lists it among its dependencies by the name of its import, without a version, unless the
        module also works without it, by `try` and `except ImportError`.

            import einops

        Nothing needs to be done if the package is installed where the script runs. Where a package
        is published under another name than its import, correct the script's dependencies.
        """,
    ),
    "SG609": Explanation(
        "a weights file that is not safe to load",
        """
        weights_file has to be what NumPy's save writes: arrays and nothing else. A list of arrays
        is stored as a pickle, and a pickle can call any function when it is loaded; one that names
        more than arrays, or is damaged, is refused.

            weights_file="conv1.npy"      written by pickle.dump, or cut off in a copy

        Write the file anew: numpy.save("conv1.npy", array), or a list of arrays as an array of
        dtype object.
        """,
    ),
}
