"""A script, run to its end: where one of its statements fails, those after it run without it.

A script that cannot read its data would never come to its models. So the first failure is kept
(it is what the script stopped with), the names that the failed statement would have made are
guessed where their own name tells what they are (`num_classes`), and the rest is tried:

    words = load(...)           fails; `words` becomes a stand-in
    num_tokens = len(words)     0
    model = build_model()       is built, and shown
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from inspector.compat import parse_user_code
from inspector.loading.guesses import guessed
from inspector.loading.situation import Situation
from inspector.loading.stand_ins.recording import StandIn

_MAX_FAILURES = 60
_WITHOUT = "what follows ran without it"
_BODIES = ast.If | ast.With | ast.Try


def run_to_end(
    code: CodeType,
    namespace: dict[str, object],
    situation: Situation,
    may_go_on: Callable[[Exception], bool],
) -> None:
    """Run the code of the situation's file as far as it goes.

    may_go_on: told the first error; whether what follows it is tried.

    Raises:
        BaseException: the script's first error, after everything else was tried.
    """
    try:
        exec(code, namespace)
    except Exception as error:
        if may_go_on(error):
            _go_on(error, namespace, situation)
        raise


def _go_on(error: Exception, namespace: dict[str, object], situation: Situation) -> None:
    filename = str(situation.path)
    body = parse_user_code(situation.path.read_bytes(), filename).body
    last: Exception | None = error
    for _ in range(_MAX_FAILURES):
        if last is None:
            return
        line = _line_of(last, namespace)
        if line is None:
            return
        failed, body = _failed_and_rest(body, line)
        if failed is None:
            return
        text = str(last).strip().partition("\n")[0][:160]
        why = f"{type(last).__name__}: {text}; {_WITHOUT}."
        situation.notes.add_at(f"line {line}", why, filename, line)
        _import_one_by_one(failed, filename, namespace)
        _guess(failed, namespace)
        last = _error_of(body, filename, namespace)


def _error_of(
    body: list[ast.stmt], filename: str, namespace: dict[str, object]
) -> Exception | None:
    """Run statements; answers the error that ended them."""
    code = compile(ast.Module(body, []), filename, "exec", dont_inherit=True)
    try:
        exec(code, namespace)
    except Exception as error:
        return error
    return None


def _import_one_by_one(failed: ast.stmt, filename: str, namespace: dict[str, object]) -> None:
    """`from x import a, b`: where only `b` is not there, `a` still is."""
    if isinstance(failed, ast.ImportFrom | ast.Import) and len(failed.names) > 1:
        for alias in failed.names:
            one = copy.copy(failed)
            one.names = [alias]
            _error_of([one], filename, namespace)


def _line_of(error: Exception, namespace: dict[str, object]) -> int | None:
    """The line of the script itself at which an error came out."""
    traceback = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_globals is namespace and frame.f_code.co_name == "<module>":
            return traceback.tb_lineno
        traceback = traceback.tb_next
    return None


def _failed_and_rest(body: list[ast.stmt], line: int) -> tuple[ast.stmt | None, list[ast.stmt]]:
    """The innermost statement outside of loops and functions at a line, and what follows it."""
    for place, statement in enumerate(body):
        if not _first_line(statement) <= line <= (statement.end_lineno or line):
            continue
        after = body[place + 1 :]
        if isinstance(statement, _BODIES):
            for inner in _bodies(statement):
                failed, rest = _failed_and_rest(inner, line)
                if failed is not None:
                    return failed, rest + after
        return statement, after
    return None, []


def _bodies(statement: ast.If | ast.With | ast.Try) -> Iterator[list[ast.stmt]]:
    yield statement.body
    if isinstance(statement, ast.If | ast.Try):
        yield statement.orelse
    if isinstance(statement, ast.Try):
        yield statement.finalbody
        for handler in statement.handlers:
            yield handler.body


def _first_line(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _guess(failed: ast.stmt, namespace: dict[str, object]) -> None:
    for name in _made_names(failed):
        if name not in namespace:
            value: Any = guessed(name)
            namespace[name] = StandIn(name) if value is None else value


def _made_names(failed: ast.stmt) -> Iterator[str]:
    if isinstance(failed, ast.FunctionDef | ast.ClassDef):
        yield failed.name
        return
    for node in ast.walk(failed):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias) and node.name != "*":
            yield (node.asname or node.name).partition(".")[0]
