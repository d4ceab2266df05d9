"""The command lines, word by word."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tfgen.terraform import args


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (args.version(), "version"),
        (args.init(), "init -input=false"),
        (args.init(backend=False), "init -input=false -backend=false"),
        (
            args.init(lockfile_readonly=True, upgrade=True, no_color=True),
            "init -input=false -lockfile=readonly -upgrade -no-color",
        ),
        (args.validate(), "validate"),
        (args.validate(json=True, no_color=True), "validate -json -no-color"),
        (args.plan(), "plan -input=false"),
        (args.plan(out=Path("/plans/p.tfplan")), "plan -input=false -out=/plans/p.tfplan"),
        (args.plan(destroy=True), "plan -input=false -destroy"),
        (args.plan(refresh=False), "plan -input=false -refresh=false"),
        (args.plan(refresh_only=True), "plan -input=false -refresh-only"),
        (
            args.plan(
                out=Path("p"),
                targets=("module.us_west_2", 'aws_route53_record.latency["us-west-2"]'),
                detailed_exitcode=True,
                json=True,
                no_color=True,
                lock_timeout=60,
                parallelism=30,
            ),
            "plan -input=false -out=p -target=module.us_west_2"
            ' -target=aws_route53_record.latency["us-west-2"]'
            " -detailed-exitcode -lock-timeout=60s -parallelism=30 -json -no-color",
        ),
        (args.apply_plan(Path("/plans/p")), "apply -input=false /plans/p"),
        (
            args.apply_plan(Path("p"), json=True, no_color=True, lock_timeout=0, parallelism=1),
            "apply -input=false -lock-timeout=0s -parallelism=1 -json -no-color p",
        ),
        (args.apply(), "apply -input=false -auto-approve"),
        (
            args.apply(destroy=True, targets=["module.a"], json=True, lock_timeout=5),
            "apply -input=false -auto-approve -destroy -target=module.a -lock-timeout=5s -json",
        ),
        (
            args.refresh(lock_timeout=5),
            "apply -input=false -auto-approve -refresh-only -lock-timeout=5s",
        ),
        (args.output(), "output -json"),
        (args.output("url", json=False, no_color=True), "output -no-color url"),
        (args.show(), "show -json"),
        (args.show(Path("p"), json=False, no_color=True), "show -no-color p"),
        (args.state_list(), "state list"),
        (args.state_list(["module.a", "module.b"]), "state list module.a module.b"),
        (args.state_pull(), "state pull"),
        (args.state_push(Path("/x/s.tfstate")), "state push /x/s.tfstate"),
        (
            args.import_("module.a.aws_kms_key.this", "1234", lock_timeout=9),
            "import -input=false -lock-timeout=9s module.a.aws_kms_key.this 1234",
        ),
        (args.untaint("a.b", no_color=True), "untaint -no-color a.b"),
        (args.force_unlock("eff53dce-b77d"), "force-unlock -force eff53dce-b77d"),
    ],
)
def test_words(words: list[str], expected: str) -> None:
    assert words == expected.split()


def test_a_word_may_hold_spaces() -> None:
    assert args.plan(out=Path("/my plans/p"))[-1] == "-out=/my plans/p"
    assert args.import_("a.b", "id with spaces")[-1] == "id with spaces"


def test_a_plan_that_begins_with_a_dash_is_not_an_option() -> None:
    assert args.apply_plan(Path("-destroy"))[-1] == "./-destroy"
    assert args.show(Path("-json"))[-1] == "./-json"


def test_state_in_the_working_directory_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "terraform.tfstate").write_text("not json")
    monkeypatch.chdir(tmp_path)
    args._builder.cache_clear()  # noqa: SLF001 - it would not be built again otherwise
    assert args.state_pull() == ["state", "pull"]


def test_nothing_of_python_terraform_is_loaded_before_it_is_used() -> None:
    import subprocess

    code = "import sys, tfgen.terraform.args; print('python_terraform' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
