"""``tfgen init``: what it writes works, and it overwrites nothing."""

from __future__ import annotations

import json
import os
import shutil
import string
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.cli.init.command import PYTHON_FILES, files, run
from tests.support.trees import ROOT, code_of
from tfgen.bundle.build import build
from tfgen.config.load import load, loads
from tfgen.config.schema import schema_text
from tfgen.errors import TfgenError
from tfgen.regions import REGIONS
from tfgen.resolve import resolve_all
from tfgen.scaffold import RUNTIMES, Answers, check_zone, create, default_name, default_zone


def test_defaults_decide_when_nobody_can_be_asked(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert files(folder) == PYTHON_FILES
    for file in PYTHON_FILES:
        assert file in done.stderr
    assert "tfgen apply --sandbox" in done.stderr
    (app,) = resolve_all(load(folder / "tfgen.yaml"))
    assert app.name == "my-app-2"
    assert [region.name for region in app.regions] == ["eu-west-2", "us-west-2"]
    assert code_of(app.function).runtime == "python3.13"
    assert app.api.domain is None
    for region in app.regions:
        assert region.env == {"LOG_LEVEL": "info", "MESSAGE": f"Hello from {region.name}"}
        assert build(code_of(region.function), folder).files == 1


def test_options_decide(folder: Path) -> None:
    done = run(
        folder,
        *("--no-input", "--name", "shop", "-r", "eu-central-1", "--region", "sa-east-1"),
        *("--domain", "API.Shop.Example.co.uk", "--zone", "example.co.uk."),
        *("--runtime", "nodejs22.x"),
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "tfgen.yaml").read_text() == (
        "# yaml-language-server: $schema=tfgen.schema.json\n"
        "name: shop\n"
        "\n"
        "function:\n"
        "  source: ./src\n"
        "  runtime: nodejs22.x\n"
        "  handler: index.handler\n"
        "\n"
        "api:\n"
        "  domain: api.shop.example.co.uk\n"
        "  zone: example.co.uk # must be in Route 53 already; `create_zone: true` creates it\n"
        "\n"
        "env:\n"
        "  LOG_LEVEL: info\n"
        "\n"
        "regions:\n"
        "  eu-central-1: {env: {MESSAGE: Hello from eu-central-1}}\n"
        "  sa-east-1: {env: {MESSAGE: Hello from sa-east-1}}\n"
    )
    (app,) = resolve_all(load(folder / "tfgen.yaml"))
    assert app.api.domain
    assert app.api.domain.health_check
    assert files(folder) == {"tfgen.yaml", "tfgen.schema.json", "src/index.mjs", ".gitignore"}
    assert build(code_of(app.function), folder).files == 1


def test_another_folder(tmp_path: Path) -> None:
    (tmp_path / "the app").mkdir()
    done = run(tmp_path, "--chdir", "the app", "--no-input")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "the app") == PYTHON_FILES
    assert "tfgen render --chdir 'the app'" in done.stderr


def test_the_schema_line_leads_to_the_schema(folder: Path) -> None:
    run(folder)
    line = (folder / "tfgen.yaml").read_text().splitlines()[0]
    path = line.removeprefix("# yaml-language-server: $schema=")
    assert (folder / path).read_text() == schema_text()
    import jsonschema

    config = yaml.safe_load((folder / "tfgen.yaml").read_text())
    jsonschema.validate(config, json.loads(schema_text()))


@pytest.mark.parametrize("existing", ["tfgen.yaml", "tfgen.schema.json", "src/app.py"])
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_nothing_is_overwritten(folder: Path, existing: str, kind: str) -> None:
    path = folder / existing
    path.parent.mkdir(exist_ok=True)
    match kind:
        case "file":
            path.write_text("mine")
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to("nowhere")
    before = files(folder)
    done = run(folder)
    assert done.returncode == 1
    assert f"`{existing}` exists already, and `tfgen init` overwrites nothing" in done.stderr
    assert "hint: " in done.stderr
    assert files(folder) == before
    if kind == "file":
        assert path.read_text() == "mine"


def test_all_that_exists_is_named(folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "src/app.py").touch()
    (folder / "tfgen.schema.json").touch()
    done = run(folder)
    assert "`tfgen.schema.json` and `src/app.py` exist already" in done.stderr


def test_a_gitignore_is_left_alone(folder: Path) -> None:
    (folder / ".gitignore").write_text("/.terraform\n*.tfstate\n__pycache__")
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert (folder / ".gitignore").read_text() == "/.terraform\n*.tfstate\n__pycache__"
    wanted = ".tfgen/ *.tfstate.* *.tfplan crash.log .env .venv/ node_modules/"
    assert f"add these lines to it: {wanted}" in " ".join(done.stderr.split())
    assert files(folder) == PYTHON_FILES


def test_a_complete_gitignore_is_not_mentioned(folder: Path) -> None:
    shutil.copy(ROOT / "templates/scaffold/gitignore", folder / ".gitignore")
    done = run(folder)
    assert done.returncode == 0
    assert ".gitignore" not in done.stderr


def test_git_ignores_what_it_should(folder: Path) -> None:
    run(folder)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    ignored = [
        *(".tfgen/bundles/src.zip", "infra/production/.terraform/x", ".env"),
        *("infra/production/terraform.tfstate", "infra/production/terraform.tfstate.backup"),
        *("infra/production/.terraform.tfstate.lock.info", "my.tfplan", "src/__pycache__/a.pyc"),
    ]
    seen = [
        *("infra/production/main.tf", "infra/.tfgen.json", "src/app.py", "tfgen.schema.json"),
        "infra/production/.terraform.lock.hcl",
    ]
    done = subprocess.run(
        ["git", "check-ignore", *ignored, *seen],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ignored


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (["--name", "My App"], "`My App` cannot be the name of an app", "a letter first"),
        (["--name", "a" * 32], "cannot be the name of an app", "31 characters at most"),
        (["--name", ""], "`` cannot be the name of an app", "lowercase letters"),
        (["-r", "us-west-9"], "There is no AWS region `us-west-9`", "did you mean `us-west-2`?"),
        (["-r", "london"], "There is no AWS region `london`", "did you mean `eu-west-2`?"),
        (["-r", "eu-west-2"] * 2, "The region `eu-west-2` is there twice", "name it once"),
        (
            ["-r", "eu-west-2", "-r", "cn-north-1"],
            "`eu-west-2` and `cn-north-1` are in different AWS partitions",
            "make each an app of its own",
        ),
        (["--runtime", "cobol"], "There is no starter for the runtime `cobol`", "python3.13"),
        (["--domain", "no"], "`no` is not a domain name", "for example `api.example.com`"),
        (["--domain", "a_b.example.com"], "is not a domain name", "for example"),
        (
            ["--domain", "api.example.com", "--zone", "xample.com"],
            "The domain `api.example.com` is not inside the zone `xample.com`",
            "for example `example.com`",
        ),
        (["--zone", "example.com"], "`--zone` has no effect without `--domain`", "add `--domain`"),
        (["--chdir", "gone"], "There is no folder `gone`", "mkdir -p gone"),
    ],
)
def test_wrong_options(folder: Path, options: list[str], message: str, hint: str) -> None:
    done = run(folder, *options)
    assert done.returncode == 2, done.stderr
    shown = " ".join(done.stderr.split())
    assert message in shown
    assert hint in shown
    assert "Traceback" not in shown
    assert done.stdout == ""
    assert files(folder) == set()


@pytest.mark.parametrize(
    ("obstacle", "message"),
    [
        ("src is a file", "src is a file, and tfgen expects a folder there"),
        ("no right to write", r"`src/app\.py` cannot be written"),
    ],
)
def test_all_or_nothing(obstacle: str, message: str) -> None:
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        if obstacle == "src is a file":
            (folder / "src").write_text("mine")
        else:
            (folder / "src").mkdir(mode=0o555)
        before = files(folder)
        # This loads what is imported late, while everything may still be read.
        answers = Answers("hello", ("eu-west-2",), "python3.13")
        with tempfile.TemporaryDirectory() as other:
            create(Path(other), answers)
        if user == 0:
            os.seteuid(65534)
        try:
            with pytest.raises(TfgenError, match=message):
                create(folder, answers)
        finally:
            os.seteuid(user)
        assert files(folder) == before


letters = string.ascii_lowercase
labels = st.text(letters + string.digits + "-", min_size=1, max_size=8).filter(
    lambda label: not label.startswith("-") and not label.endswith("-")
)
tops = st.text(letters, min_size=2, max_size=4)
zones = st.builds(".".join, st.tuples(labels, tops))
hosts = st.none() | st.builds(
    lambda below, zone: (".".join([*below, zone]), zone), st.lists(labels, max_size=2), zones
)
app_names = st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True)
commercial = sorted(name for name, info in REGIONS.items() if info.partition == "aws")


@settings(deadline=None, max_examples=60)
@given(
    app_names,
    st.lists(st.sampled_from(commercial), min_size=1, max_size=6, unique=True),
    st.sampled_from(RUNTIMES),
    hosts,
)
@example("on", ["us-east-1"], "python3.13", None)
@example("null", ["us-east-1"], "python3.13", ("1e3.no", "1e3.no"))
def test_what_is_written_is_what_was_said(
    name: str, regions: list[str], runtime: str, host: tuple[str, str] | None
) -> None:
    domain, zone = host or (None, None)
    with tempfile.TemporaryDirectory() as folder:
        refusal = None
        try:
            create(Path(folder), Answers(name, tuple(regions), runtime, domain, zone))
        except TfgenError as error:
            refusal = error.message
        if refusal is not None:
            # Each answer is right by itself: a region that Route 53 has no latency records for, or
            # a domain that is too long for a certificate.
            assert "latency" in refusal or "certificate" in refusal
            assert not any(Path(folder).iterdir())
            return
        text = (Path(folder) / "tfgen.yaml").read_text()
        (app,) = resolve_all(loads(text))
        assert app.name == name
        assert [region.name for region in app.regions] == sorted(regions)
        assert code_of(app.function).runtime == runtime
        assert (app.api.domain and (app.api.domain.names[0], app.api.domain.zone.name)) == host
        assert build(code_of(app.function), Path(folder)).files == 1


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("hello", "hello"),
        ("My App", "my-app"),
        ("2024_api", "api"),
        ("日本", "app"),
        ("a" * 50, "a" * 31),
    ],
)
def test_the_name_comes_from_the_folder(tmp_path: Path, folder: str, name: str) -> None:
    (tmp_path / folder).mkdir()
    assert default_name(tmp_path / folder) == name


def test_the_zone_comes_from_the_domain() -> None:
    assert default_zone("api.example.com") == "example.com"
    assert default_zone("example.com") == "example.com"
    assert check_zone("Example.com.", domain="example.com") == "example.com"
