"""Writes the list of checks: `python -m inspector_plugins.model_checks.table > docs/checks.md`."""

from __future__ import annotations

from itertools import groupby

from inspector_plugins.model_checks import CHECKS

HEAD = """# Checks

`inspector check FILE` runs these over the trace of a file, the window lists what they find under
Findings; `--format json` and `--format sarif` are for programs. Exit code 1 says that a finding is
an error. Each check has a piece of code that triggers it and one that does not in
`tests/plugins/test_model_checks.py`. This page is written from the code
(`python -m inspector_plugins.model_checks.table`); plugins can add checks (`plugins/README.md`).

In the window they are under **Findings**, errors first; a click on one goes to its call and its
line, and the page beside the list says what to do:

![Findings of a model that joins along the wrong axis](checks.png)
"""


def table() -> str:
    """The page, a section per family."""
    parts = [HEAD]
    for module, checks in groupby(CHECKS, key=lambda check: getattr(check, "__module__", "")):
        parts.append(f"\n## {module.rpartition('.')[2].capitalize()}\n")
        for check in checks:
            name = getattr(check, "__name__", "").replace("_", "-")
            summary = (check.__doc__ or "").strip().splitlines()[0]
            parts.append(f"- `{name}`: {summary}")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    print(table(), end="")
