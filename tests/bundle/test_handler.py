"""The file that a handler names is in the bundle, or the error says what was meant."""

from __future__ import annotations

import pytest

from tests.bundle.conftest import Project


@pytest.mark.parametrize(
    ("runtime", "handler", "file"),
    [
        ("python3.13", "app.handler", "app.py"),
        ("python3.13", "app.handler", "app/__init__.py"),
        ("python3.13", "app.handler", "app.cpython-313-aarch64-linux-gnu.so"),
        ("python3.13", "app.handler", "app.so"),
        ("python3.13", "pkg.mod.handler", "pkg/mod.py"),
        ("python3.13", "pkg/mod.handler", "pkg/mod.py"),
        ("python3.13", "pkg/mod.sub.handler", "pkg/mod/sub.py"),
        ("nodejs22.x", "index.handler", "index.js"),
        ("nodejs22.x", "index.handler", "index.mjs"),
        ("nodejs22.x", "index.handler", "index.cjs"),
        ("nodejs22.x", "dir/index.handler", "dir/index.mjs"),
        ("nodejs22.x", "dist.v2/index.sub.handler", "dist.v2/index.js"),
        ("nodejs22.x", "app.handler", "app/index.js"),
        ("ruby3.4", "function.handler", "function.rb"),
        ("ruby3.4", "lib/source.Functions::Handler.process", "lib/source.rb"),
        ("java21", "com.example.App::handle", "com/example/App.class"),
        ("dotnet8", "App::App.Function::Handle", "App.dll"),
    ],
)
def test_found(project: Project, runtime: str, handler: str, file: str) -> None:
    (project.source / "app.py").unlink()
    project.write(file)
    assert project.build(runtime=runtime, handler=handler).files == 1


@pytest.mark.parametrize(
    ("runtime", "handler", "files", "needed", "hint"),
    [
        ("python3.13", "app.handler", ["lambda.py"], "app.py", "did you mean `lambda.handler`?"),
        ("python3.13", "app.handler", ["ap.py", "z.py"], "app.py", "did you mean `ap.handler`?"),
        ("python3.13", "app.main", ["src/app.py"], "app.py", "did you mean `src.app.main`?"),
        ("python3.13", "app.handler", ["__init__.py"], "app.py", "create `src/app.py`"),
        ("python3.13", "app.handler", ["index.js"], "app.py", "create `src/app.py`"),
        ("python3.13", "App.handler", ["app.py"], "App.py", "did you mean `app.handler`?"),
        (
            *("python3.13", "main.handler", ["one.py", "two.py"], "main.py"),
            "did you mean `one.handler` or `two.handler`?",
        ),
        ("python3.13", "a.b.handler", ["a.py"], "a/b.py", "did you mean `a.handler`?"),
        (
            *("nodejs22.x", "index.handler", ["dist/index.mjs"], "index.js"),
            "did you mean `dist/index.handler`?",
        ),
        ("nodejs22.x", "index.handler", ["index.ts"], "index.js", "create `src/index.js`"),
        ("ruby3.4", "app.handler", ["main.rb"], "app.rb", "did you mean `main.handler`?"),
    ],
)
def test_not_found(
    project: Project, *, runtime: str, handler: str, files: list[str], needed: str, hint: str
) -> None:
    (project.source / "app.py").unlink()
    for file in files:
        project.write(file)
    error = project.fails(runtime=runtime, handler=handler)
    assert error.message == f"The handler `{handler}` needs `{needed}`, and `src` has no such file"
    assert error.hint == hint
    assert error.place == "tfgen.yaml:4"


@pytest.mark.parametrize(
    ("runtime", "handler"),
    [("python3.13", "handler"), ("python3.13", "app."), ("nodejs22.x", "dist/index")],
)
def test_no_handler_at_all(project: Project, runtime: str, handler: str) -> None:
    error = project.fails(runtime=runtime, handler=handler)
    assert error.message == f"The handler `{handler}` does not name a file and a function"
    assert error.hint == "write both with a dot between them: `app.handler`"


def test_the_handler_may_be_in_a_layer(project: Project) -> None:
    layers = ("arn:aws:lambda:us-west-2:123456789012:layer:monitoring:7",)
    assert project.build(handler="monitoring.wrapper", layers=layers).files == 1


def test_bootstrap(project: Project) -> None:
    runtime = "provided.al2023"
    error = project.fails(runtime=runtime)
    assert error.message == (
        "The runtime `provided.al2023` starts the file `bootstrap`, and `src` has none"
    )
    assert error.hint == "build the function to `src/bootstrap`"
    path = project.write("bootstrap", "#!/bin/sh\n")
    path.chmod(0o644)
    error = project.fails(runtime=runtime)
    assert error.message == "`src/bootstrap` is not executable, and Lambda could not start it"
    assert error.hint == "run `chmod +x src/bootstrap`"
    path.chmod(0o755)
    assert project.build(runtime=runtime).files == 2
