"""The environment of Terraform's process."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tfgen.errors import TfgenError
from tfgen.terraform import memory
from tfgen.terraform.engine import Engine
from tfgen.terraform.environment import prepare

GIB = 1024**3


def test_what_is_always_set() -> None:
    variables = prepare({"TF_INPUT": "1", "A": "b"}, available=0).variables
    assert variables == {
        "A": "b",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
    }


def test_what_is_left_alone() -> None:
    own = {
        "TF_DATA_DIR": ".tf",
        "TF_PLUGIN_CACHE_DIR": "/cache",
        "TF_VAR_alarm": "1",
        "TF_WORKSPACE": "default",
        "AWS_PROFILE": "dev",
        "GOGC": "50",
    }
    prepared = prepare(own, available=64 * GIB)
    assert prepared.variables.items() >= own.items()
    assert prepared.notices == ()


def test_what_terraform_logs_has_a_file_that_is_named(tmp_path: Path) -> None:
    log = tmp_path / ".tfgen" / "terraform.log"
    for name in ("TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER"):
        prepared = prepare({name: "debug"}, log=log)
        assert prepared.variables["TF_LOG_PATH"] == str(log)
        assert prepared.notices == (f"Terraform logs into {log}",)
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_log_in_a_file_of_ones_own_is_relative_to_the_working_folder() -> None:
    prepared = prepare({"TF_LOG": "debug", "TF_LOG_PATH": "tf.log"}, log=Path("/another"))
    assert prepared.variables["TF_LOG_PATH"] == str(Path("tf.log").absolute())


@pytest.mark.parametrize("level", ["", "off", "OFF", "0"])
def test_a_log_that_is_off_is_none(level: str, tmp_path: Path) -> None:
    prepared = prepare({"TF_LOG": level}, log=tmp_path / "log")
    assert "TF_LOG_PATH" not in prepared.variables
    assert prepared.notices == ()


def long_folder(folder: Path, length: int) -> Path:
    """Makes a folder whose path has a length."""
    path = Path(str(folder).ljust(length, "x") if len(str(folder)) < length else str(folder))
    path.mkdir(exist_ok=True)
    assert len(str(path)) == length
    return path


def test_a_temporary_folder_that_is_too_long_for_sockets(tmp_path: Path) -> None:
    short = long_folder(tmp_path, 90)
    assert prepare({"TMPDIR": str(short)}).variables["TMPDIR"] == str(short)
    # The path of the socket of a provider would have 108 bytes.
    long = long_folder(tmp_path, 91)
    prepared = prepare({"TMPDIR": str(long)})
    assert prepared.variables["TMPDIR"] == "/tmp"  # noqa: S108
    assert prepared.notices == (
        "TMPDIR has more than 90 characters, too many for the sockets of providers: Terraform "
        "uses /tmp instead",
    )


def test_a_temporary_folder_that_is_none(tmp_path: Path) -> None:
    prepared = prepare({"TMPDIR": str(tmp_path / "gone")})
    assert prepared.variables["TMPDIR"] == "/tmp"  # noqa: S108
    assert "names no folder that can be written" in prepared.notices[0]


def test_no_temporary_folder_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tfgen.terraform.environment._TEMPORARY", (tmp_path / "none",))
    with pytest.raises(TfgenError, match="TMPDIR names no folder") as caught:
        prepare({"TMPDIR": str(tmp_path / "gone")})
    assert "set TMPDIR to a folder with a short path" in str(caught.value.hint)


def test_another_workspace_is_refused() -> None:
    with pytest.raises(TfgenError, match="TF_WORKSPACE selects the workspace `blue`") as caught:
        prepare({"TF_WORKSPACE": "blue"})
    assert str(caught.value.hint).startswith("unset TF_WORKSPACE")
    assert prepare({"TF_WORKSPACE": "blue"}, workspace="blue").notices == ()


@pytest.mark.parametrize(
    ("name", "value", "left_out"),
    [
        ("TF_CLI_ARGS_plan", "-parallelism=30 --lock-timeout=5m -compact-warnings", None),
        ("TF_CLI_ARGS_apply", "-parallelism=30", None),
        ("TF_CLI_ARGS", "-no-color", None),
        ("TF_CLI_ARGS", "", None),
        ("TF_CLI_ARGS", "-parallelism=30", "-parallelism=30"),
        ("TF_CLI_ARGS_plan", "-parallelism=30 -target=module.a", "-target=module.a"),
        ("TF_CLI_ARGS_plan", "-detailed-exitcode", "-detailed-exitcode"),
        ("TF_CLI_ARGS_init", "-upgrade", "-upgrade"),
        ("TF_CLI_ARGS_output", "-no-color", "-no-color"),
        ("TF_CLI_ARGS_apply", "'open quote", "'open quote"),
    ],
)
def test_arguments_from_the_environment(name: str, value: str, left_out: str | None) -> None:
    prepared = prepare({name: value}, available=0)
    if left_out is None:
        assert prepared.variables[name] == value
        assert prepared.notices == ()
    else:
        assert name not in prepared.variables
        assert prepared.notices == (
            f"{name} is left out of this run because it holds `{left_out}`",
        )


def test_the_cli_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.tfrc").touch()
    own = prepare({"TF_CLI_CONFIG_FILE": "own.tfrc"}).variables
    assert own["TF_CLI_CONFIG_FILE"] == str(tmp_path / "own.tfrc")
    ours = prepare({"TF_CLI_CONFIG_FILE": "own.tfrc"}, cli_config=Path("ours.tfrc")).variables
    assert ours["TF_CLI_CONFIG_FILE"] == str(tmp_path / "ours.tfrc")


def test_a_missing_cli_configuration_is_no_reason_to_warn(engine: Engine, tmp_path: Path) -> None:
    named = {**os.environ, "TF_CLI_CONFIG_FILE": str(tmp_path / "missing")}
    for env, warned in ((named, True), (dict(prepare(named).variables), False)):
        done = subprocess.run(
            [*engine.argv, "version"], env=env, capture_output=True, text=True, check=True
        )
        assert ("Unable to open CLI configuration file" in done.stderr) is warned


@pytest.mark.parametrize(
    ("free", "providers", "percent"),
    [
        (1, 1, None),
        (1.5, 1, None),
        (2, 1, "200"),
        (3, 1, "400"),
        (6.8, 16, None),
        (12, 16, "200"),
        (18, 16, "400"),
    ],
)
def test_garbage_collection(free: float, providers: int, percent: str | None) -> None:
    prepared = prepare({}, provider_processes=providers, available=int(free * GIB))
    assert prepared.variables.get("GOGC") == percent


def test_garbage_collection_that_the_user_has_set() -> None:
    for own in ({"GOGC": "50"}, {"GOMEMLIMIT": "1GiB"}):
        variables = prepare(own, available=64 * GIB).variables
        assert variables.get("GOGC") == own.get("GOGC")


def test_this_machine_tells_its_memory() -> None:
    free = memory.available()
    assert free is not None
    assert 0 < free <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def files(folder: Path, contents: dict[str, str]) -> Path:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="these are files of Linux")
@pytest.mark.parametrize(
    ("membership", "groups", "expected"),
    [
        ("", {}, 8 * GIB),
        ("0::/a/b", {"a/memory.max": "max", "a/memory.current": "5"}, 8 * GIB),
        (
            "0::/a/b",
            {
                "a/memory.max": f"{3 * GIB}",
                "a/memory.current": f"{2 * GIB}",
                "a/memory.stat": f"anon 7\ninactive_file {GIB}\nactive_file 9",
                "a/b/memory.max": f"{4 * GIB}",
                "a/b/memory.current": f"{GIB}",
            },
            2 * GIB,
        ),
        ("0::/", {"memory.max": "100", "memory.current": "300"}, 0),
        (
            "5:cpu:/\n4:memory:/docker/1",
            {
                "memory/memory.limit_in_bytes": f"{GIB}",
                "memory/memory.usage_in_bytes": f"{GIB // 2}",
            },
            GIB // 2,
        ),
    ],
)
def test_memory_of_a_container(
    tmp_path: Path, membership: str, groups: dict[str, str], expected: int
) -> None:
    proc = files(
        tmp_path / "proc",
        {
            "meminfo": f"MemTotal: 9 kB\nMemAvailable:    {8 * 1024**2} kB\n",
            "self/cgroup": membership,
        },
    )
    assert memory.available(proc, files(tmp_path / "cgroup", groups)) == expected


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="these are files of Linux")
def test_memory_that_nobody_tells(tmp_path: Path) -> None:
    assert memory.available(tmp_path, tmp_path) is None
