"""A strict stand-in for CuPy on machines without a GPU.

It has the names and signatures of the installed CuPy (which can be imported without a GPU),
computes with NumPy, refuses what CuPy refuses, and counts what would make the host wait for the
device. Where CuPy's answer is undefined or differs, it answers in the way that shows: indices
wrap, of several writes to one place a random one wins, fresh memory is poisoned.

array       the array: its operators, methods and indexing
functions   the functions of the module, called as CuPy's signatures allow
ufuncs      elementwise functions: their loops, and `add.at`
namespace   `xp`, to be put in the place of the module cupy; `special` in that of cupyx's
syncs       the count

It is stricter than CuPy where CuPy would only be slow: NumPy's functions refuse its arrays.
Not imitated: out-of-order memory layouts of results, rounding of device maths, float atomics in
random order, work in parallel. Those need a GPU: ./dev gpu-check.
"""
