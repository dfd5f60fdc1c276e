"""The environment of a worker: an allow-list, so that no secret reaches the user's code.

What Python, Keras and numeric libraries read is passed on; the rest is not, since tokens and
passwords have no common form. `INSPECTOR_PASS_ENV=NAME,NAME` passes more, by the person's own
choice. A file that is run for real gets everything except what is named like a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ALLOWED = re.compile(
    r"PATH|HOME|USER|LOGNAME|PWD|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLUMNS|LINES"
    r"|TMPDIR|TEMP|TMP|VIRTUAL_ENV|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH"
    r"|(PYTHON|CONDA_|CUDA|CUPY_|NVIDIA_|OMP_|OPENBLAS_|MKL_|BLIS_|VECLIB_|NUMEXPR_|GOTO_"
    r"|KERAS_|TF_|MPL|XDG_(CONFIG|CACHE|DATA|STATE)_|INSPECTOR_)\w*"
    r"|SYSTEMROOT|SYSTEMDRIVE|WINDIR|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAM\w+|COMSPEC|PATHEXT"
    r"|NUMBER_OF_PROCESSORS|PROCESSOR_\w+",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"SECRET|TOKEN|PASS(WORD|WD|PHRASE)|PASSWD|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|AUTH|COOKIE"
    r"|SIGNING|(^|_)(KEY|PAT|PWD|DSN)$",
    re.IGNORECASE,
)
PASS_MORE = "INSPECTOR_PASS_ENV"


def worker_environment(environment: Mapping[str, str], *, real: bool = False) -> dict[str, str]:
    """What of an environment a worker gets.

    >>> sorted(worker_environment({"HOME": "/home/ada", "AWS_SECRET_ACCESS_KEY": "x"}))
    ['HOME']
    """
    asked_for = {name.strip() for name in environment.get(PASS_MORE, "").split(",")}
    return {
        name: value
        for name, value in environment.items()
        if name in asked_for or (_is_harmless(name) and (real or _ALLOWED.fullmatch(name)))
    }


def _is_harmless(name: str) -> bool:
    return name == "PWD" or _SECRET.search(name) is None
