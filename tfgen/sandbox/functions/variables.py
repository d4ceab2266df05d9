"""The environment of a function: what Lambda sets, what was configured, nothing of the user's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from tfgen.sandbox.environment import child_environment
from tfgen.sandbox.functions.deployed import Deployed
from tfgen.sandbox.functions.runtimes import Launch
from tfgen.sandbox.iam.sessions import Session

WRAPPER: Final = "AWS_LAMBDA_EXEC_WRAPPER"

# What the wrapper of a bundle with secrets starts in its turn.
_NEXT_WRAPPER: Final = "TFGEN_EXEC_WRAPPER"

# https://www.postgresql.org/docs/current/libpq-envars.html
_TRUSTED_BY_POSTGRESQL: Final = "PGSSLROOTCERT"

_SYSTEM_PROGRAMS: Final = ("/usr/local/bin", "/usr/bin", "/bin")

# They would send an AWS SDK past the sandbox.
_ELSEWHERE: Final = ("AWS_ENDPOINT_URL", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")

# The discard port: what a function may trace stays on this machine, also if somebody runs the
# X-Ray daemon on it with real credentials.
_NO_DAEMON: Final = "127.0.0.1:9"


def function_environment(
    deployed: Deployed,
    launch: Launch,
    *,
    session: Session,
    endpoint: str,
    runtime_api: str,
    stream: str,
    task: Path,
    layers: Path | None,
    scratch: Path,
    authority: Path | None,
) -> dict[str, str]:
    """Returns all of the environment of a function's process.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime

    Args:
        deployed: the function.
        launch: how it is run.
        session: its role's.
        endpoint: the sandbox's URL.
        runtime_api: host and port of the Runtime API.
        stream: the log stream.
        task: the folder of the code.
        layers: the folder of the layers, if there are any.
        scratch: the folder of this process alone.
        authority: the certificate of who signs for the sandbox's databases; None if nobody does.

    Raises:
        ValueError: the endpoint is not on 127.0.0.1.
    """
    opt = [str(layers / "bin")] if layers is not None else []
    own = [str(launch.programs)] if launch.programs is not None else []
    # A configuration may change these.
    environment = {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": os.pathsep.join([*own, *_SYSTEM_PROGRAMS, *opt]),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        # Lambda's is /tmp, which here is everybody's, and it has no home folder.
        "TMPDIR": str(scratch),
        "HOME": str(scratch),
        **launch.variables,
    }
    if authority is not None:
        environment[_TRUSTED_BY_POSTGRESQL] = str(authority)
    libraries = [str(task), str(task / "lib"), *([str(layers / "lib")] if layers else [])]
    environment["LD_LIBRARY_PATH"] = os.pathsep.join(libraries)
    environment |= {
        name: value for name, value in deployed.variables if not name.startswith(_ELSEWHERE)
    }
    environment |= child_environment({}, endpoint, None)
    del environment["CHECKPOINT_DISABLE"]  # is Terraform's
    environment |= {
        "AWS_ACCESS_KEY_ID": session.key,
        "AWS_SECRET_ACCESS_KEY": session.secret,
        "AWS_SESSION_TOKEN": session.token,
        "AWS_REGION": deployed.region,
        "AWS_DEFAULT_REGION": deployed.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{deployed.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": deployed.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(deployed.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": deployed.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": deployed.logging.group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_XRAY_DAEMON_ADDRESS": _NO_DAEMON,
        "LAMBDA_TASK_ROOT": str(task),
        "LAMBDA_RUNTIME_DIR": str(launch.libraries),
        "_HANDLER": deployed.handler,
    }
    if deployed.logging.json:
        environment["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        environment["AWS_LAMBDA_LOG_LEVEL"] = deployed.logging.application_level
    for wrapper in (WRAPPER, _NEXT_WRAPPER):
        if wrapper in environment:
            environment[wrapper] = _here(environment[wrapper], task, layers)
    return environment


def _here(path: str, task: Path, layers: Path | None) -> str:
    """Returns where a file lies that has a fixed place in Lambda."""
    for place, folder in (("/var/task/", task), ("/opt/", layers)):
        if path.startswith(place) and folder is not None:
            return str(folder / path.removeprefix(place))
    return path
