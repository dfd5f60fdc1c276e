"""Exit codes of the worker that mean something, and what to tell people about any of them."""

from __future__ import annotations

import re
import signal

# Above what scripts and shells use; the worker ends itself with them, so that we can say why.
OUT_OF_MEMORY = 87
NO_KERAS = 88
OUT_OF_DISK = 89
_OUT_OF_TIME = int(getattr(signal, "SIGXCPU", 1000))  # not on Windows, which has no such limit
_FAULT_LINE = re.compile(r'  File "(.+)", line (\d+) in ')
_LIBRARY = re.compile(r"[/\\](inspector|site-packages|lib[/\\]python3\.\d+)[/\\]|^<")


def reason_of(exit_code: int | None) -> str:
    """One sentence on why a worker with this exit code is gone."""
    if exit_code is None:
        return "The worker does not answer any more."
    if exit_code == OUT_OF_MEMORY:
        return "The worker used more memory than it may and was ended."
    if exit_code == NO_KERAS:
        return "The worker could not import Keras."
    if exit_code == OUT_OF_DISK:
        return "The script wrote more than it may and the worker was ended."
    if exit_code == -_OUT_OF_TIME:
        return "The worker used more processor time than it may and was ended."
    if exit_code >= 0:
        return f"The worker process ended by itself with exit code {exit_code}."
    return f"The worker process was ended by {_signal_text(-exit_code)}."


def fix_of(exit_code: int | None) -> str:
    """One sentence on what to do about it."""
    if exit_code == OUT_OF_MEMORY or exit_code == -signal.SIGKILL.value:
        return "Use smaller arrays or a smaller batch in the file, then open it again."
    if exit_code == OUT_OF_DISK:
        return "Write less in the file, or allow more with INSPECTOR_SCRATCH_MB."
    if exit_code == -_OUT_OF_TIME:
        return (
            "Look for a loop without end, or allow more with INSPECTOR_CPU_SECONDS; a saved model "
            "that does this is damaged: copy or download it again."
        )
    if exit_code == NO_KERAS:
        return "Install Keras 3.15 into that Python, or choose another Python for the worker."
    if exit_code is not None and exit_code < 0:
        return "Look at the last line that ran, then open the file again."
    return "Press Restart to open the file again."


def last_place(words: str) -> tuple[str, int] | None:
    r"""Where Python was when native code crashed, from what faulthandler printed; else None.

    >>> last_place('Fatal Python error: Segmentation fault\n  File "/m/a.py", line 3 in f\n')
    ('/m/a.py', 3)
    """
    if "Fatal Python error" not in words:
        return None
    for file, line in _FAULT_LINE.findall(words.partition("Fatal Python error")[2]):
        if not _LIBRARY.search(file):
            return file, int(line)
    return None


def _signal_text(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
    if name == "SIGKILL":
        return f"signal {number} ({name}): the system ran out of memory, or something killed it"
    return f"signal {number} ({name})"
