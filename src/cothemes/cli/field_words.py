"""The words below a record's fields, for the schemas and the reference.

They are read from the source where a page is made of them. Pydantic would read them whenever the program
starts, which takes an eighth of a second.
"""

from __future__ import annotations

import ast
import inspect
import textwrap

from pydantic import BaseModel


def field_words(record: type[BaseModel]) -> dict[str, str]:
    """Field → the docstring below it, in the class that declares the field last."""
    found: dict[str, str] = {}
    for each in reversed(record.__mro__):
        declared = inspect.get_annotations(each)
        if declared and issubclass(each, BaseModel) and each is not BaseModel:
            found = {name: words for name, words in found.items() if name not in declared} | _own(each)
    return found


def _own(record: type[BaseModel]) -> dict[str, str]:
    try:
        source = textwrap.dedent(inspect.getsource(record))
    except OSError:
        # A class that was made while the program runs has no source, and documents no field.
        return {}
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
