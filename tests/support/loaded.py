"""Runs of PyTorch's scripts, each a process of its own that does not load PyTorch again.

To load it takes longer than most of the runs. One process does so and forks for each of them.
`Started` is what `subprocess.Popen` is, as far as the tests use it.
"""

from __future__ import annotations

import functools
import importlib
import os
import runpy
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path


class Started:
    """A run. Its output is read through pipes that hold 64 KiB each."""

    def __init__(self, command: Sequence[str], flags: Sequence[str], env: dict[str, str]) -> None:
        """Begin a script (its path and its arguments), with flags of Python."""
        self.returncode: int | None = None
        self._server = server = _server(tuple(flags), tuple(sorted(env.items())))
        (out, its_out), (err, its_err) = os.pipe(), os.pipe()
        socket.send_fds(server, ["\0".join(command).encode()], [its_out, its_err])
        self.pid = int(server.recv(100))
        os.close(its_out)
        os.close(its_err)
        self.stdout = os.fdopen(out, encoding="utf-8")
        self.stderr = os.fdopen(err, encoding="utf-8")

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def communicate(self) -> tuple[str, str]:
        """The rest of standard output and standard error, once the run has ended."""
        with self.stdout, self.stderr:
            said = self.stdout.read(), self.stderr.read()
        self._server.send(str(self.pid).encode())
        self.returncode = int(self._server.recv(100))
        return said


@functools.cache
def _server(flags: tuple[str, ...], environment: tuple[tuple[str, str], ...]) -> socket.socket:
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, *flags, __file__, str(its.fileno())]
    # It ends when this process does, which closes the socket.
    subprocess.Popen(command, pass_fds=[its.fileno()], env=dict(environment))
    its.close()
    return ours


def _serve(server: socket.socket) -> None:
    while True:
        request, descriptors, _, _ = socket.recv_fds(server, 65536, 2)
        if not request:
            return
        if not descriptors:
            _, status = os.waitpid(int(request), 0)
            server.send(str(os.waitstatus_to_exitcode(status)).encode())
        elif pid := os.fork():
            server.send(str(pid).encode())
            for each in descriptors:
                os.close(each)
        else:
            server.close()
            for target, each in enumerate(descriptors, start=1):
                os.dup2(each, target)
                os.close(each)
            os._exit(exit_status(request.decode().split("\0")))


def exit_status(command: list[str]) -> int:
    """The exit status of a script, run here; what it prints goes to descriptors 1 and 2."""
    # Where the tests run in the background, a shell may have told them to ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # What these were before may be another kind of file.
    sys.stdout, sys.stderr = (os.fdopen(n, "w", 1, "utf-8", closefd=False) for n in (1, 2))
    sys.argv = command
    sys.path[0] = str(Path(command[0]).parent)
    try:
        runpy.run_path(command[0], run_name="__main__")
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        print(error.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    for module in ("numpy", "sqlite3", "tqdm", "torch", "torch._dynamo"):  # an optimizer's
        importlib.import_module(module)
    _serve(socket.socket(fileno=int(sys.argv[1])))
