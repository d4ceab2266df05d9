"""What resolving secrets adds to a cold start: ``python -m benchmarks.start``.

Against a start without secrets, and against what people write by hand: boto3 in the function's
module, one call after the other. AWS is a server on this machine that speaks TLS and takes its time
for each request; whom to trust is read from a file of as many authorities as there usually are.
Node.js has the wrapper only: its SDK is not one of this project's dependencies.
"""

from __future__ import annotations

import base64
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import botocore

from benchmarks.measure import machine
from tests.support.aws_server import Answer, Asked, make_authority, serve
from tfgen.start.files import start_files

RUNS = 9
COUNTS = (1, 5, 20)
MILLISECONDS = {"kms": 8, "ssm": 12, "secretsmanager": 15}
VALUE = "resolved"

PYTHON = "import os; assert os.environ.get('S0', 'resolved') == 'resolved'"
NODE = "if ((process.env.S0 ?? 'resolved') !== 'resolved') process.exit(1)"
BOTO3 = """
import base64, boto3, os
clients = {}
def client(service):
    if service not in clients:
        clients[service] = boto3.client(service)
    return clients[service]
for name, value in list(os.environ.items()):
    service, colon, rest = value.partition(":")
    if name[0] != "S" or service not in ("kms", "ssm", "secretsmanager"):
        continue
    if service == "kms":
        context = {"app": "hello", "stage": "production", "region": "eu-west-2", "name": name}
        blob = base64.b64decode(rest)
        answer = client("kms").decrypt(CiphertextBlob=blob, EncryptionContext=context)
        os.environ[name] = answer["Plaintext"].decode()
    elif service == "ssm":
        answer = client("ssm").get_parameter(Name=rest, WithDecryption=True)
        os.environ[name] = answer["Parameter"]["Value"]
    else:
        answer = client("secretsmanager").get_secret_value(SecretId=rest)
        os.environ[name] = answer["SecretString"]
"""


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory(prefix="tfgen-bench-") as temporary:
        folder = Path(temporary)
        # Called as those are that AWS has its certificates from.
        authority, context = make_authority(folder, "Amazon Tests")
        known = (Path(botocore.__file__).parent / "cacert.pem").read_text("utf-8")
        everybody = folder / "everybody.pem"
        everybody.write_text(known + authority.read_text("utf-8"), "utf-8")
        with serve(reply, context) as server:
            setting = Setting(folder, server.url, authority, everybody)
            print(f"{machine()}; medians of {RUNS} turns, and the fastest\n")
            titles = (
                "Python: ms",
                "CPU ms",
                "boto3: ms",
                "CPU ms",
                "ratio",
                "Node.js: ms",
                "CPU ms",
            )
            print(f"| secrets | {' | '.join(titles)} |")
            print("| --- | --- | --- | --- | --- | --- | --- | --- |")
            for kinds in (("kms",), ("ssm",), ("secretsmanager",), tuple(MILLISECONDS)):
                for count in COUNTS:
                    row(setting, kinds, count)


def reply(asked: Asked) -> Answer:
    """Answers after a while."""
    time.sleep(MILLISECONDS[asked.service] / 1000)
    if asked.service == "kms":
        return 200, {"Plaintext": base64.b64encode(VALUE.encode()).decode()}
    if asked.service == "secretsmanager":
        return 200, {"SecretString": VALUE}
    if "Name" in asked.request:
        return 200, {"Parameter": {"Name": asked.request["Name"], "Value": VALUE, "Version": 1}}
    found = [{"Name": name, "Value": VALUE, "Version": 1} for name in asked.request["Names"]]
    return 200, {"Parameters": found}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process takes, in milliseconds: of time, and of the processor."""

    wall: float
    cpu: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.wall - other.wall, self.cpu - other.cpu)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where everything is.

    Attributes:
        folder: for the files of functions.
        url: of the server.
        authority: the file of the server's authority.
        everybody: the file of that and of all others.
    """

    folder: Path
    url: str
    authority: Path
    everybody: Path

    def environment(self, references: Sequence[str]) -> Mapping[str, str]:
        """Returns the environment of a function."""
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "AWS_REGION": "eu-west-2",
            "AWS_DEFAULT_REGION": "eu-west-2",
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "key",
            "AWS_SESSION_TOKEN": "token" * 100,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "SSL_CERT_FILE": str(self.everybody),
            "NODE_EXTRA_CA_CERTS": str(self.authority),
            "TFGEN_APP": "hello",
            "TFGEN_STAGE": "production",
            **{f"S{number}": reference for number, reference in enumerate(references)},
        }

    def start(self, runtime: str) -> str:
        """Returns the script that starts functions of a runtime."""
        task = self.folder / runtime
        for file in start_files(runtime):
            path = task / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
            path.chmod(file.mode)
        return str(task / ".tfgen/start")


def row(setting: Setting, kinds: Sequence[str], count: int) -> None:
    """Prints a row: the same number of secrets of each of the kinds."""
    given = {"kms": base64.b64encode(bytes(180)).decode(), "ssm": "/hello/", "secretsmanager": "s"}
    references = [
        f"{kind}:{given[kind]}{'' if kind == 'kms' else number}"
        for kind in kinds
        for number in range(count)
    ]
    secrets = setting.environment(references)
    none = setting.environment([])
    python = [sys.executable, "-c", PYTHON]
    boto3 = [sys.executable, "-c", f"{BOTO3}\n{PYTHON}"]
    # boto3 trusts a file of its own, with as many authorities, and no variable of OpenSSL's.
    trusting = {**secrets, "AWS_CA_BUNDLE": str(setting.everybody)}
    commands = [
        (python, none),
        ([setting.start("python3.13"), *python], secrets),
        (boto3, trusting),
    ]
    if node := shutil.which("node"):
        command = [node, "-e", NODE]
        commands += [(command, none), ([setting.start("nodejs22.x"), *command], secrets)]
    turns = [[run(*each) for each in commands] for _ in range(RUNS + 1)][1:]
    cells = [added(turns, 1, 0), added(turns, 2, 0)]
    ratio = statistics.median((turn[1] - turn[0]).wall / (turn[2] - turn[0]).wall for turn in turns)
    what = f"{count} {kinds[0]}" if len(kinds) == 1 else f"{count} of each kind"
    last = added(turns, 4, 3) if node else " | "
    print(f"| {what} | {' | '.join(cells)} | {ratio:.2f} | {last} |", flush=True)


def added(turns: Sequence[Sequence[Cost]], one: int, other: int) -> str:
    """Returns two cells: the milliseconds that a command takes more than another, and its CPU's.

    The first has the median of the pairs, and what is between the fastest run of each: on a busy
    machine, that is nearer to what it takes on an idle one.
    """
    pairs = [turn[one] - turn[other] for turn in turns]
    wall = statistics.median(pair.wall for pair in pairs)
    cpu = statistics.median(pair.cpu for pair in pairs)
    fastest = min(turn[one].wall for turn in turns) - min(turn[other].wall for turn in turns)
    return f"{wall:.0f} ({fastest:.0f}) | {cpu:.0f}"


def run(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Returns what a process takes.

    Raises:
        SystemExit: it failed.
    """
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], list(command), environment)
    _, status, usage = os.wait4(pid, 0)
    took = time.perf_counter() - began
    if status != 0:
        raise SystemExit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(took * 1000, (usage.ru_utime + usage.ru_stime) * 1000)


if __name__ == "__main__":
    main()
