"""Resolves a function's secrets and becomes its runtime: ``python -I -S FOLDER COMMAND…``.

Runs in Lambda, before the function and in its time: so it needs nothing but Python's own library,
of that only what is quick to import, and it asks for everything at once. The values are only in
the environment of what it becomes. Written for Python 3.9 and all that came after it.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
from collections.abc import Mapping, Sequence

from jobs import Failure, plan
from resolution import Resolution

PREFIXES = ("kms:", "ssm:", "secretsmanager:")


def references_in(environment: Mapping[str, str], bundled: str) -> Mapping[str, str]:
    """Returns variable → reference.

    Args:
        environment: the function's.
        bundled: the file with the ciphertexts that the bundle brings, if it does.

    Raises:
        Failure: the file has nothing for the region.
    """
    try:
        with open(bundled, encoding="utf-8") as file:
            ciphertexts = json.load(file)[environment["AWS_REGION"]]
    except FileNotFoundError:
        ciphertexts = {}
    except (KeyError, ValueError) as error:
        raise Failure("the bundle brings secrets, but none for this region") from error
    by_bundle = {name: f"kms:{ciphertext}" for name, ciphertext in ciphertexts.items()}
    return by_bundle | {
        name: value for name, value in environment.items() if value.startswith(PREFIXES)
    }


def main(command: Sequence[str]) -> None:
    """Resolves the references and becomes the command."""
    environment = dict(os.environ)
    variables = dict(os.environb)
    try:
        references = references_in(environment, f"{sys.path[0]}/../secrets.json")
        if references:
            resolution = Resolution(environment)
            resolution.run(plan(references, environment))
            variables.update(settle(resolution.results))
        os.execve(command[0], list(command), variables)  # noqa: S606 - what Lambda was to start
    except Failure as failure:
        report(str(failure), environment)
    except OSError as error:
        report(f"{command[0]} cannot be started: {error.strerror}", environment)
    # Threads that hang must not keep it.
    os._exit(1)


def settle(results: Mapping[str, str | Failure]) -> Mapping[bytes, bytes]:
    """Returns the variables with their values.

    Raises:
        Failure: one or more have none.
    """
    failures = []
    values = {}
    for name, result in sorted(results.items()):
        if isinstance(result, Failure):
            failures.append(f"{name}: {result}")
        elif "\0" in result:
            failures.append(f"{name}: the value has a NUL character, which no variable can hold")
        else:
            try:
                values[name.encode()] = result.encode()
            except UnicodeEncodeError:  # half of a character, which JSON can hold
                failures.append(f"{name}: the value is not UTF-8 text")
    if failures:
        raise Failure("\n".join(failures))
    return values


def report(why: str, environment: Mapping[str, str]) -> None:
    """Tells the log and Lambda why the function does not start.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror
    """
    lines = [f"The function cannot start. {line}" for line in why.split("\n")]
    sys.stderr.write("".join(f"tfgen: {line}\n" for line in lines))
    sys.stderr.flush()
    kind = "Tfgen.SecretError"
    document = {"errorType": kind, "errorMessage": "\n".join(lines), "stackTrace": []}
    headers = {"content-type": "application/json", "lambda-runtime-function-error-type": kind}
    try:
        runtime = http.client.HTTPConnection(environment["AWS_LAMBDA_RUNTIME_API"], timeout=1)
        body = json.dumps(document).encode()
        runtime.request("POST", "/2018-06-01/runtime/init/error", body, headers)
        runtime.getresponse().read()
    except (KeyError, OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"tfgen: Lambda was not told: {error}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
