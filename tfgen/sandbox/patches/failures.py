"""The answers of Lambda's API when it refuses."""

from __future__ import annotations

from http import HTTPStatus


def refuse(code: str, status: HTTPStatus, message: str) -> Exception:
    """Returns what moto answers a refusal for.

    Args:
        code: for example ``ResourceConflictException``.
        status: the HTTP status of the answer.
        message: what is wrong, in a sentence.
    """
    from moto.awslambda.exceptions import LambdaClientError

    error = LambdaClientError(code, message)
    error.code = status.value
    return error


def invalid(message: str) -> Exception:
    """Returns the refusal of a parameter.

    Args:
        message: what is wrong with it, in a sentence.
    """
    return refuse("InvalidParameterValueException", HTTPStatus.BAD_REQUEST, message)


def missing(message: str) -> Exception:
    """Returns the refusal for what does not exist.

    Args:
        message: what it is, in a sentence.
    """
    return refuse("ResourceNotFoundException", HTTPStatus.NOT_FOUND, message)
