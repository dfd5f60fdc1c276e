"""`six` where it is not installed: names of Python 2 and 3 under one roof."""

from __future__ import annotations

import builtins
import itertools
import urllib.request
from typing import Any

SIX: dict[str, Any] = {
    **{name: getattr(builtins, name) for name in ("range", "zip", "map", "filter", "input")},
    "xrange": range,
    "zip_longest": itertools.zip_longest,
    "urlretrieve": urllib.request.urlretrieve,
    "urlopen": urllib.request.urlopen,
    "PY3": True,
    "string_types": (str,),
    "integer_types": (int,),
    "text_type": str,
    "binary_type": bytes,
    "iteritems": lambda table: iter(table.items()),
    "iterkeys": lambda table: iter(table.keys()),
    "itervalues": lambda table: iter(table.values()),
}
