"""Holds moto against what the patches build on."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from tfgen.errors import TfgenError


def expect_method(owner: type, name: str, *parameters: str) -> Callable[..., Any]:
    """Returns a method of moto's that a patch wraps.

    Args:
        owner: the class.
        name: the method's name.
        parameters: the names of its parameters, in order, without ``self``.

    Raises:
        TfgenError: there is no such method, or it takes something else.
    """
    method: Callable[..., Any] | None = getattr(owner, name, None)
    if not callable(method):
        _changed(f"{owner.__name__} has no {name}()")
    found = tuple(inspect.signature(method).parameters)
    if found != ("self", *parameters):
        _changed(f"{owner.__name__}.{name}() takes {', '.join(found)}")
    return method


def expect_function(module: ModuleType, name: str, *parameters: str) -> Callable[..., Any]:
    """Returns a function of moto's that a patch wraps.

    Args:
        module: where it is.
        name: the function's name.
        parameters: the names of its parameters, in order.

    Raises:
        TfgenError: there is no such function, or it takes something else.
    """
    function: Callable[..., Any] | None = getattr(module, name, None)
    if not callable(function):
        _changed(f"{module.__name__} has no {name}()")
    found = tuple(inspect.signature(function).parameters)
    if found != parameters:
        _changed(f"{module.__name__}.{name}() takes {', '.join(found)}")
    return function


def expect_attributes(instance: object, *names: str) -> None:
    """Makes sure that moto's objects carry what a patch reads.

    Args:
        instance: an object of the class, made for this.
        names: the attributes' names.

    Raises:
        TfgenError: one is missing.
    """
    for name in names:
        if not hasattr(instance, name):
            _changed(f"{type(instance).__name__} has no {name}")


def expect_no_method(owner: type, name: str) -> None:
    """Makes sure that moto does not have what a patch adds.

    Args:
        owner: the class.
        name: the method's name.

    Raises:
        TfgenError: it has, so that the patch would hide it.
    """
    if hasattr(owner, name):
        _changed(f"{owner.__name__} has a {name}() of its own")


def _changed(how: str) -> NoReturn:
    import moto

    raise TfgenError(
        f"moto {moto.__version__} is not what the sandbox was made for: {how}",
        hint="install the versions that belong together with `pip install 'tfgen[sandbox]'`",
    )
