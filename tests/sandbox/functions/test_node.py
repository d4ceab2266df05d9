"""Node.js functions: modules of both kinds, and every way to answer."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.functions.lab import Lab, bundle
from tfgen.app import Code
from tfgen.bundle.build import build

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here")


def major() -> str:
    """Returns the major version of the machine's Node.js."""
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return said.stdout.removeprefix("v").partition(".")[0]


def deploy(lab: Lab, files: dict[str, str] | str, **more: Any) -> str:
    """Makes a function from ``app.js`` or from files."""
    named = {"app.js": files} if isinstance(files, str) else files
    return lab.deploy(named, **{"runtime": f"nodejs{major()}.x", **more})


@pytest.mark.parametrize(
    "files",
    [
        {"app.js": "exports.handler = async (event) => ({ got: event });"},
        {"app.cjs": "exports.handler = async (event) => ({ got: event });"},
        {"app.mjs": "export const handler = async (event) => ({ got: event });"},
        {
            "app.js": "export const handler = async (event) => ({ got: event });",
            "package.json": '{"type": "module"}',
        },
        {"app.mjs": "await null; export const handler = async (event) => ({ got: event });"},
        {"app.js": "exports.handler = async (event) => require('./help')(event);"}
        | {"help.js": "module.exports = (event) => ({ got: event });"},
    ],
    ids=["js", "cjs", "mjs", "module", "await", "require"],
)
def test_a_module_of_each_kind(lab: Lab, files: dict[str, str]) -> None:
    assert lab.result(deploy(lab, files), {"né": [1]}) == {"got": {"né": [1]}}


def test_linked_packages_find_their_neighbors(lab: Lab, tmp_path: Path) -> None:
    """As pnpm links them: https://pnpm.io/symlinked-node-modules-structure."""
    source = tmp_path / "src"
    store = source / "node_modules/.pnpm"
    for name, content in (
        ("one", "module.exports = 'one finds ' + require('two');"),
        ("two", "module.exports = 'two';"),
    ):
        package = store / f"{name}@1.0.0/node_modules" / name
        package.mkdir(parents=True)
        (package / "index.js").write_text(content)
    (store / "one@1.0.0/node_modules/two").symlink_to("../../two@1.0.0/node_modules/two")
    (source / "node_modules/one").symlink_to(".pnpm/one@1.0.0/node_modules/one")
    (source / "app.js").write_text("exports.handler = async () => require('one');")
    code = Code(
        source="src",
        bundle=".tfgen/bundles/src.zip",
        runtime=f"nodejs{major()}.x",
        handler="app.handler",
        layers=(),
        delivery="direct",
        wrapper=False,
    )
    built = build(code, tmp_path)
    name = lab.deploy(built.path.read_bytes(), runtime=code.runtime)
    assert lab.result(name) == "one finds two"


@pytest.mark.parametrize(
    ("handler", "result"),
    [
        ("async () => {}", None),
        ("() => {}", None),
        ("() => new Promise((done) => setTimeout(() => done('later'), 5))", "later"),
        ("(event, context) => context.succeed('old')", "old"),
        ("(event, context) => context.done(null, 'older')", "older"),
        ("(event, context, callback) => callback(null, 'called')", "called"),
        ("(event, context, callback) => { setTimeout(() => callback(null, 1), 5); }", 1),
    ],
)
def test_every_way_to_answer(lab: Lab, handler: str, result: Any) -> None:
    # Newer ones have no callbacks any more.
    name = deploy(lab, f"exports.handler = {handler};", runtime="nodejs20.x")
    assert lab.result(name) == result
    assert lab.result(name) == result
    assert lab.environments(name) == 1


def test_a_callback_waits_for_what_is_under_way_unless_told_not_to(lab: Lab) -> None:
    code = """
let done = 0;
exports.handler = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = event.wait;
  if (event.wait) setTimeout(() => { done += 1; }, 20);
  else setInterval(() => {}, 1000);
  callback(null, done);
};
"""
    name = deploy(lab, code, runtime="nodejs20.x")
    assert [lab.result(name, {"wait": True}) for _ in range(3)] == [0, 1, 2]
    # What never ends would never be answered otherwise.
    assert lab.result(name, {"wait": False}) == 3


def test_callbacks_end_with_node_24(lab: Lab) -> None:
    name = deploy(lab, "exports.handler = (event, context, callback) => {};", runtime="nodejs24.x")
    assert b'"Runtime.CallbackHandlerDeprecated"' in lab.invoke(name).payload


def test_it_knows_who_it_is(lab: Lab) -> None:
    name = deploy(
        lab,
        """
exports.handler = async (event, context) => [
  context.functionName, context.functionVersion, context.invokedFunctionArn,
  context.memoryLimitInMB, context.awsRequestId, context.getRemainingTimeInMillis() > 0,
  process.env._HANDLER,
];
""",
        Publish=True,
    )
    done = lab.invoke(name, qualifier="1")
    arn = f"arn:aws:lambda:eu-west-2:123456789012:function:{name}:1"
    expected = [name, "1", arn, "128", done.request_id, True, "app.handler"]
    assert json.loads(done.payload) == expected


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("exports.handler = async () => { throw new TypeError('no'); };", "TypeError", "no"),
        ("exports.handler = () => { throw new RangeError('no'); };", "RangeError", "no"),
        ("exports.handler = async () => { throw 'plain'; };", "string", "plain"),
        ("exports.handler = (e, context) => context.fail(new Error('no'));", "Error", "no"),
        (
            "exports.handler = () => { setTimeout(() => { throw new Error('stray'); }, 1); };",
            "Error",
            "stray",
        ),
        (
            "exports.handler = () => { Promise.reject(new Error('stray')); };",
            "Runtime.UnhandledPromiseRejection",
            "Error: stray",
        ),
        ("require('./nowhere');", "Runtime.ImportModuleError", "Cannot find module './nowhere'"),
        ("exports.other = 1;", "Runtime.HandlerNotFound", "app.handler is undefined or not"),
        ("const (", "Runtime.UserCodeSyntaxError", ""),
        ("throw new Error('at start');", "Error", "at start"),
    ],
)
def test_an_error(lab: Lab, code: str, kind: str, says: str) -> None:
    done = lab.invoke(deploy(lab, code))
    assert done.error == "Unhandled"
    document = json.loads(done.payload)
    assert document["errorType"] == kind
    assert says in document["errorMessage"]
    assert isinstance(document["trace"], list)


def test_a_response_that_is_too_large(lab: Lab) -> None:
    name = deploy(lab, "exports.handler = async (event) => 'x'.repeat(event.length);")
    assert b"Function.ResponseSizeTooLarge" in lab.invoke(name, {"length": 7_000_000}).payload
    assert lab.result(name, {"length": 1}) == "x"


def test_the_console_is_the_log(lab: Lab) -> None:
    code = (
        "exports.handler = async () => { console.log('two\\nlines', {a: 1}); console.warn('w'); };"
    )
    name = deploy(lab, code)
    done = lab.invoke(name)
    written = [
        line.split("\t") for line in lab.logged(name) if "\t" in line and "Duration" not in line
    ]
    assert [line[1:] for line in written] == [
        [done.request_id, "INFO", "two\nlines { a: 1 }\n"],
        [done.request_id, "WARN", "w\n"],
    ]


def test_the_console_in_json(lab: Lab) -> None:
    code = "exports.handler = async () => { console.log('low'); console.error('high'); };"
    name = deploy(lab, code, LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "WARN"})
    lab.result(name)
    lines = [json.loads(line) for line in lab.logged(name)]
    said = [(line["level"], line["message"]) for line in lines if "level" in line]
    assert said == [("ERROR", "high")]


def test_another_version_is_told(lab: Lab) -> None:
    name = deploy(lab, "exports.handler = async () => process.version;", runtime="nodejs99.x")
    version = lab.result(name).removeprefix("v")
    notice = f"{name} asks for Node.js 99 and runs in Node.js {version}"
    assert notice in lab.functions.notices()


def test_layers_are_on_the_path(lab: Lab) -> None:
    files = {"nodejs/node_modules/layered/index.js": "module.exports = 'from a layer';"}
    layer = lab.awslambda.publish_layer_version(
        LayerName="node", Content={"ZipFile": bundle(files)}
    )
    name = deploy(
        lab,
        "exports.handler = async () => require('layered');",
        Layers=[layer["LayerVersionArn"]],
    )
    assert lab.result(name) == "from a layer"


def test_the_wrapper_runs_first(lab: Lab) -> None:
    wrapper = '#!/bin/sh\nexport NODE_OPTIONS="--require $LAMBDA_TASK_ROOT/preload.js"\nexec "$@"\n'
    files = {
        "app.js": "exports.handler = async () => globalThis.preloaded;",
        "preload.js": "globalThis.preloaded = 'yes';",
        "wrapper": wrapper,
    }
    name = lab.deploy(
        bundle(files, {"wrapper": 0o755}),
        runtime=f"nodejs{major()}.x",
        environment={"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"},
    )
    assert lab.result(name) == "yes"
