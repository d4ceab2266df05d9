"""The walk-through in a simulated AWS: ``make demo``.

Real Terraform with the real AWS provider brings up a copy of ``examples/hello``, and boto3 tells
what exists then. All of it stays in ``.tfgen/demo``, which git ignores and the next run replaces.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tfgen.app import App, Domain
from tfgen.aws.readback import read_certificate, read_function, read_latency_records, read_url
from tfgen.aws.session import Aws
from tfgen.cli.app import app as command_line
from tfgen.cli.options import CONFIG, HERE
from tfgen.cli.project import open_project
from tfgen.errors import ExitCode, TfgenError
from tfgen.sandbox import lifecycle
from tfgen.sandbox.client import Client
from tfgen.scratch import make_scratch
from tfgen.terraform import journal
from tfgen.ui.console import Console
from tfgen.ui.text import Style, paint
from tfgen.write import hold

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/hello"

HOST = "api.example.com"
URL = f"https://{HOST}/"
PLACES = ("london", "oregon", "tokyo", "sao paulo")
REGION = "eu-west-2"

# Seconds: more than the example's two failures, ten seconds apart.
HEALTH_CHECKS_TAKE = 60

PLAN = "hello.tfplan"
PLAN_TEXT = "plan.txt"

NEXT = """
The Terraform of all this is in examples/hello/infra. It works without tfgen.

With an AWS account and a domain of your own:
  source .venv/bin/activate
  cd examples/hello      # in tfgen.yaml, change `domain` and `zone`
  tfgen render
  tfgen apply

With an app of your own, in an empty folder:
  tfgen init
  tfgen apply --sandbox"""


def main() -> None:
    """Runs the demo and exits as tfgen does."""
    # A demo that is told to stop has to stop what it started, as one that is interrupted does.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    console = Console.from_environment()
    try:
        _demo(console)
    except TfgenError as error:
        console.error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)


def _demo(console: Console) -> None:
    demo = make_scratch(ROOT) / "demo"
    with hold(demo), _copied_example(console, demo / EXAMPLE.name):
        app = open_project(HERE, CONFIG).app(None)
        _tfgen(console, "render")
        _plan(console)
        _tfgen(console, "apply", "--sandbox", PLAN)
        _read_back(console, app)
        _ask_from_everywhere(console)
        _lose_a_region(console)
    console.message(NEXT)


@contextlib.contextmanager
def _copied_example(console: Console, project: Path) -> Iterator[None]:
    """Goes into a fresh copy of the example, whose sandbox does not outlive the block."""
    _end_earlier(console, project)
    unrendered = shutil.ignore_patterns(".tfgen", ".terraform*", "*.tfstate*", "infra")
    shutil.copytree(EXAMPLE, project, ignore=unrendered)
    os.chdir(project)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if lifecycle.stop(project):
            console.success("The sandbox has stopped; nothing is left running")
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_earlier(console: Console, project: Path) -> None:
    """Ends and removes what a demo has left that was killed."""
    journals = list(project.glob(".tfgen/sandbox/*/runs/*.jsonl"))
    if any(map(journal.is_running, journals)):
        console.message("A demo was killed: waiting until its Terraform is done")
        while any(map(journal.is_running, journals)):
            time.sleep(0.5)
    lifecycle.stop(project)
    if project.exists():
        shutil.rmtree(project)


def _tfgen(console: Console, *arguments: str) -> None:
    _show_command(console, f"tfgen {shlex.join(arguments)}")
    code = command_line(list(arguments), standalone_mode=False)
    if code:
        sys.exit(code)


def _plan(console: Console) -> None:
    """Plans into a file: a thousand lines would hide all that came before."""
    arguments = ("plan", "--sandbox", "--out", PLAN)
    _show_command(console, f"tfgen {shlex.join(arguments)} > {PLAN_TEXT}")
    with Path(PLAN_TEXT).open("w", encoding="utf-8") as text, contextlib.redirect_stdout(text):
        code = command_line(list(arguments), standalone_mode=False)
    if code:
        sys.exit(code)
    for line in Path(PLAN_TEXT).read_text("utf-8").splitlines():
        if line.startswith("Plan:"):
            console.message(line)


def _show_command(console: Console, command: str) -> None:
    console.message_painted("\n" + paint(f"$ {command}", Style.STRONG, color=console.err.color))


def _running() -> lifecycle.Running:
    running = lifecycle.find(HERE)
    if running is None:
        raise TfgenError("The sandbox has ended before the demo", hint="run `make demo` again")
    return running


def _read_back(console: Console, app: App) -> None:
    """Shows what exists in the simulated AWS, whatever Terraform believes."""
    aws = Aws(_running().endpoint)
    console.message("\nWhat boto3 finds there: the version behind the alias, and the region's URL")
    console.table(["REGION", "LIVE", "URL"], list(_regions(aws, app)))
    if app.api.domain:
        console.message("\nThe latency records that send clients to the nearest healthy region")
        headers = ["RECORD", "TYPE", "REGION", "CERTIFICATE", "HEALTH CHECK"]
        console.table(headers, list(_records(aws, app.regions[0].name, app.api.domain)))
    console.message("")


def _ask_from_everywhere(console: Console) -> None:
    """Shows which region serves whom, and how far that is."""
    _tfgen(console, "sandbox", "curl", URL, "--from", "london")
    console.message("\n\nThe same from elsewhere: Route 53's records decide, the function answers")
    client = Client(_running())
    rows = []
    for place in PLACES:
        route = client.route(HOST, place)
        [latency] = [each.latency_ms for each in route.candidates if each.chosen]
        answer = client.request("GET", URL, region=route.region)
        said = json.loads(answer.body)["message"]
        rows.append([route.place, said, f"{latency:.0f} ms"])
    console.table(["FROM", "ANSWER", "ESTIMATED ROUND TRIP"], rows)


def _lose_a_region(console: Console) -> None:
    """Takes a region out, waits until clients are served elsewhere, and brings it back."""
    _tfgen(console, "sandbox", "fail", REGION)
    _await_answer_from(console, lambda region: region != REGION, "London is served by")
    _tfgen(console, "sandbox", "heal", REGION)
    _await_answer_from(console, lambda region: region == REGION, "London is served again by")


def _await_answer_from(console: Console, wanted: Callable[[str | None], bool], said: str) -> None:
    client = Client(_running())
    began = time.monotonic()
    while not wanted((route := client.route(HOST, "london")).region):
        if time.monotonic() - began > HEALTH_CHECKS_TAKE:
            raise TfgenError(
                "The health checks have not noticed", hint="read .tfgen/sandbox/server.log"
            )
        time.sleep(0.25)
    answer = client.request("GET", URL, region=route.region)
    took = time.monotonic() - began
    console.message(f"After {took:.0f} s, {said} {route.region}: {answer.body.decode()}")


def _regions(aws: Aws, app: App) -> Iterator[list[str]]:
    for region in app.regions:
        function = read_function(aws, region.name, app.full_name)
        yield [region.name, function.version, read_url(aws, region.name, app.full_name)]


def _records(aws: Aws, region: str, domain: Domain) -> Iterator[list[str]]:
    name = domain.names[0]
    for record in read_latency_records(aws, region, domain.zone.name or "", name):
        certificate = read_certificate(aws, record.region, name)
        check = record.health_check
        checked = f"{urlsplit(check.url).path}, every {check.interval} s" if check else "none"
        yield [record.name, record.type, record.region, certificate.status.lower(), checked]


if __name__ == "__main__":
    main()
