"""Python functions: the official runtime, in the version that was asked for."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from tests.sandbox.functions.lab import ECHO, REGION, Lab, bundle
from tfgen.sandbox.functions import runtimes
from tfgen.sandbox.functions.deployed import Archive, Deployed, Logging
from tfgen.sandbox.functions.runtime_api import Answer, RuntimeApi, Work
from tfgen.sandbox.functions.runtimes import Runtimes

PRESENT = f"{sys.version_info[0]}.{sys.version_info[1]}"
CLIENT = Path(runtimes.__file__).parent / "runtime" / "runtime_client.py"


def test_it_gets_the_event_and_returns_a_result(lab: Lab) -> None:
    name = lab.deploy(ECHO)
    assert lab.result(name, {"né": [1, None, {"a": True}]})["event"] == {
        "né": [1, None, {"a": True}]
    }


def test_an_event_may_be_empty(lab: Lab) -> None:
    done = lab.functions.invoke(REGION, lab.deploy(ECHO), None, b"")
    assert json.loads(done.payload)["event"] == {}


def test_it_knows_who_it_is(lab: Lab) -> None:
    name = lab.deploy(
        """
def handler(event, context):
    return [
        context.function_name, context.function_version, context.invoked_function_arn,
        context.memory_limit_in_mb, context.aws_request_id, context.log_group_name,
        context.log_stream_name, context.client_context.custom,
        context.get_remaining_time_in_millis(),
    ]
""",
        MemorySize=256,
    )
    done = lab.functions.invoke(REGION, name, None, b"{}", client_context='{"custom": {"a": 1}}')
    *said, stream, custom, remaining = json.loads(done.payload)
    arn = f"arn:aws:lambda:{REGION}:123456789012:function:{name}"
    assert said == [name, "$LATEST", arn, "256", done.request_id, f"/aws/lambda/{name}"]
    assert "/[$LATEST]" in stream
    assert custom == {"a": 1}
    assert 0 < remaining <= 30_000


def test_it_runs_in_the_version_that_was_asked_for(lab: Lab) -> None:
    name = lab.deploy(
        "import sys\ndef handler(event, context): return sys.version_info[:2]",
        runtime=f"python{PRESENT}",
    )
    assert lab.result(name) == list(sys.version_info[:2])
    assert not any(name in notice for notice in lab.functions.notices())


def test_it_runs_in_the_present_version_where_there_is_no_other(lab: Lab) -> None:
    name = lab.deploy(
        "import sys\ndef handler(event, context): return sys.version_info[:2]",
        runtime="python3.99",
    )
    assert lab.result(name) == list(sys.version_info[:2])
    version = ".".join(map(str, sys.version_info[:3]))
    notice = (
        f"{name} asks for Python 3.99 and runs in Python {version}: "
        "no python3.99 was found on this machine"
    )
    assert notice in lab.functions.notices()
    assert f"[tfgen] {notice}\n" in lab.logged(name)


def test_it_sees_its_own_modules_and_those_of_lambda(lab: Lab) -> None:
    name = lab.deploy(
        {
            "app.py": """
import importlib.util, sys
import helper, jmespath, simplejson, six

def handler(event, context):
    strangers = ["moto", "pydantic", "pytest", "tfgen", "keeper", "journal"]
    found = [each for each in strangers if importlib.util.find_spec(each)]
    return [helper.WORD, six.WHOSE, found, callable(quit), sys.argv]
""",
            "helper.py": "WORD = 'help'",
            # What a function brings along comes before what Lambda has.
            "six.py": "WHOSE = 'mine'",
        }
    )
    assert lab.result(name) == ["help", "mine", [], True, ["bootstrap.py", "app.handler"]]


def test_a_handler_may_lie_in_a_folder(lab: Lab) -> None:
    name = lab.deploy(
        {"src/web/app.py": "def main(event, context): return 'deep'"}, handler="src/web/app.main"
    )
    assert lab.result(name) == "deep"


def test_the_library_speaks_to_the_sandbox(lab: Lab) -> None:
    name = lab.deploy(
        """
import boto3

def handler(event, context):
    pages = boto3.client("lambda").get_paginator("list_functions").paginate()
    names = list(pages.search("Functions[].FunctionName"))
    account = boto3.client("sts").get_caller_identity()["Account"]
    return [context.function_name in names, account]
"""
    )
    assert lab.result(name) == [True, "123456789012"]


def test_layers_are_on_the_path(lab: Lab) -> None:
    arns = [
        lab.awslambda.publish_layer_version(
            LayerName=f"layer-{number}", Content={"ZipFile": bundle(files)}
        )["LayerVersionArn"]
        for number, files in enumerate(
            (
                {"python/layered.py": "FIRST = 1", "python/both.py": "WHICH = 'first'"},
                {"python/both.py": "WHICH = 'second'"},
            )
        )
    ]
    name = lab.deploy(
        "import both, layered\ndef handler(event, context): return [both.WHICH, layered.FIRST]",
        Layers=arns,
    )
    assert lab.result(name) == ["second", 1]


def test_the_client_for_other_versions_does_what_the_compiled_one_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = spec_from_file_location("runtime_client_in_python", CLIENT)
    assert spec is not None
    assert spec.loader is not None
    client = module_from_spec(spec)
    spec.loader.exec_module(client)

    def work() -> None:
        client.initialize_client("test")
        body, headers = client.next()
        assert (body, headers["Lambda-Runtime-Aws-Request-Id"]) == (b'{"a": 1}', "one")
        assert headers["Lambda-Runtime-Client-Context"] == "{}"
        client.post_invocation_result("one", b"done", "application/json", None)
        client.next()
        client.post_error("two", '{"errorType": "Bad"}', "", None)
        with pytest.raises(RuntimeError, match="403"):
            client.post_error("two", "{}", "", None)

    async def serve() -> list[Answer | None]:
        asked = asyncio.Queue[None]()
        api = RuntimeApi(on_turn=lambda: asked.put_nowait(None))
        await api.open()
        monkeypatch.setitem(os.environ, "AWS_LAMBDA_RUNTIME_API", api.address)
        working = asyncio.create_task(asyncio.to_thread(work))
        await asked.get()
        api.hand_over(Work("one", "arn", b'{"a": 1}', "trace", "{}"))
        await asked.get()
        first = api.answer
        api.hand_over(Work("two", "arn", b"{}", "trace"))
        await working
        second = api.answer
        await api.close()
        return [first, second]

    assert asyncio.run(serve()) == [
        Answer(b"done", is_error=False),
        Answer(b'{"errorType": "Bad"}', is_error=True),
    ]


def test_a_version_is_found_wherever_it_is_installed(tmp_path: Path) -> None:
    """An interpreter of the right name that does not work is passed over."""
    broken = tmp_path / "python3.98"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    pretender = tmp_path / "pyenv" / "versions" / "3.98.7" / "bin" / "python3.98"
    pretender.parent.mkdir(parents=True)
    said = {"version": "3.98.7", "path": str(pretender), "maps": "", "folders": []}
    pretender.write_text(f"#!/bin/sh\necho '{json.dumps(said)}'\n")
    pretender.chmod(0o755)
    found = Runtimes(
        tmp_path / "home",
        {"PATH": str(tmp_path), "HOME": str(tmp_path), "PYENV_ROOT": str(tmp_path / "pyenv")},
    )
    launch = found.launch(_deployed("python3.98"), tmp_path, None)
    assert (launch.command[0], launch.version) == (str(pretender), "python:3.98.7")
    assert launch.notice is None


def _deployed(runtime: str) -> Deployed:
    return Deployed(
        region=REGION,
        name="app",
        version="1",
        runtime=runtime,
        handler="app.handler",
        role="arn:aws:iam::123456789012:role/app",
        memory=128,
        timeout=3,
        variables=(),
        logging=Logging("/app"),
        code=Archive("", b""),
        layers=(),
    )


def test_of_an_interpreter_its_own_installation_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one among the user's programs, only what it says that it has opened."""
    monkeypatch.setenv("HOME", str(tmp_path))

    def opened(folder: Path) -> set[Path]:
        python = folder / "bin/python3.98"
        python.parent.mkdir(parents=True)
        stdlib = folder / "lib/python3.98"
        maps = (
            f"7f00-7f01 r-xp 00000000 fe:00 1   {folder}/lib/libpython3.98.so\n7f02-7f03 r 0 0 0 \n"
        )
        said = {"version": "3.98.7", "path": str(python), "maps": maps, "folders": [str(stdlib)]}
        (folder / "said.json").write_text(json.dumps(said))
        python.write_text(f"#!/bin/sh\n/bin/cat '{folder}/said.json'\n")
        python.chmod(0o755)
        found = Runtimes(folder / "home", {"PATH": str(python.parent)})
        launch = found.launch(_deployed("python3.98"), tmp_path, None)
        return {each for each in launch.readable if each.is_relative_to(tmp_path)}

    local = tmp_path / ".local"
    library = "lib/libpython3.98.so"
    assert opened(local) == {local / each for each in ("bin/python3.98", "lib/python3.98", library)}
    own = tmp_path / "miniconda3"
    assert {own / "bin", own / "lib", own / "ssl"} <= opened(own)
    assert tmp_path not in opened(tmp_path / "other")
