"""Errors that Terraform makes here and now, in both versions, against what is said about them."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path

import psutil

from tests.terraform import roots
from tests.terraform.applies import Apply, on_start_of
from tfgen.errors import TfgenError
from tfgen.terraform import args, diagnose, texts
from tfgen.terraform.engine import Engine
from tfgen.terraform.runner import Result, run


def explained(engine: Engine, result: Result) -> TfgenError:
    assert result.returncode == 1
    return diagnose.explain(texts.diagnostics(result.stderr), root="production", engine=engine)


def test_the_state_is_locked(engine: Engine, root: Path, env: Mapping[str, str]) -> None:
    roots.write_chain(root, 30)
    refused: list[Result] = []

    def meanwhile(_: psutil.Process) -> None:
        refused.append(run(engine, args.plan(), cwd=root, env=env))
        refused.append(run(engine, args.plan(no_color=True), cwd=root, env=env))
        os.kill(os.getpid(), signal.SIGINT)

    Apply(engine, root, env, on_start_of("terraform_data.slow", meanwhile))
    assert len(refused) == 2
    for result in refused:
        error = explained(engine, result)
        assert error.message.startswith("The state is locked by ")
        assert error.message.endswith(" UTC, for an apply")
        assert error.place == "production"


def test_the_plan_is_stale(engine: Engine, root: Path, env: Mapping[str, str]) -> None:
    roots.write_chain(root, 0)
    first, second = root / "first", root / "second"
    for saved in (first, second):
        assert run(engine, args.plan(out=saved), cwd=root, env=env).returncode == 0
    assert run(engine, args.apply_plan(first), cwd=root, env=env).returncode == 0
    error = explained(engine, run(engine, args.apply_plan(second), cwd=root, env=env))
    assert error.message.startswith("The saved plan is stale")


def test_the_plan_is_none(engine: Engine, root: Path, env: Mapping[str, str]) -> None:
    junk = root / "junk"
    junk.write_text("junk")
    for saved in (junk, root / "missing"):
        error = explained(engine, run(engine, args.apply_plan(saved), cwd=root, env=env))
        assert error.message == f"{saved} is not a saved plan"


def test_the_configuration_is_wrong(engine: Engine, root: Path, env: Mapping[str, str]) -> None:
    (root / "main.tf").write_text('output "url" {\n  value = terraform_data.nowhere.output\n}\n')
    error = explained(engine, run(engine, args.plan(), cwd=root, env=env))
    assert error.place == "production/main.tf:2"
    assert error.message.startswith("Reference to undeclared resource\n")
    assert "has not been declared in the root module" in " ".join(error.message.split())
