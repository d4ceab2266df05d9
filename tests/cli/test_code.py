"""A function's code on the command line: bundles that go by way of S3, and images."""

from __future__ import annotations

from pathlib import Path

from tests.support.command import CONFIG, environment, make_project, tfgen
from tfgen.errors import ExitCode

BUNDLE = "{source: ./src, runtime: python3.13, handler: app.handler"
# What comes after the bundles needs Terraform, and there is none.
NO_TERRAFORM = environment(TFGEN_TERRAFORM="no-such-terraform")


def test_a_bundle_by_way_of_s3_without_need_gets_a_notice(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app", CONFIG.replace(BUNDLE, f"{BUNDLE}, code: s3"))
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    for command in ("plan", "apply"):  # when it has been built before, too
        said = tfgen(folder, command, "--sandbox", env=NO_TERRAFORM).stderr
        assert said.count("S3 delivery without need: the bundle of `src` has 0.") == 1
        assert "Remove `code: s3`" in said


def test_a_bundle_sent_to_lambda_gets_none(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    said = tfgen(folder, "plan", "--sandbox", env=NO_TERRAFORM).stderr
    assert "Bundled src" in said
    assert "S3 delivery" not in said


# The beginning of a library for Linux on x86_64, and nothing that would run.
NATIVE = b"\x7fELF\2\1\1" + bytes(9) + b"\3\0\x3e\0" + bytes(44)


def test_native_code_for_another_machine(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app")
    (folder / "src/fast.so").write_bytes(NATIVE)
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    notice = (
        "Native code for another machine: the bundle of `src` has `fast.so` for x86_64, and none "
        "for arm64, the function's architecture"
    )
    assert notice in " ".join(tfgen(folder, "plan", env=NO_TERRAFORM).stderr.split())
    assert "Native code" not in tfgen(folder, "plan", "--sandbox", env=NO_TERRAFORM).stderr
    config = (folder / "tfgen.yaml").read_text()
    (folder / "tfgen.yaml").write_text(config.replace("app.handler", "fast.handler"))
    failed = tfgen(folder, "plan", env=NO_TERRAFORM)
    assert failed.returncode == ExitCode.FAILED
    assert "`fast.so` in `src` is built for x86_64, and the function's" in failed.stderr
    assert "Bundled" not in failed.stderr


def test_a_source_outside_of_the_project_fails_a_render(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "app", CONFIG.replace("source: ./src", "source: ../other"))
    (tmp_path / "other").mkdir()
    failed = tfgen(folder, "render")
    assert failed.returncode == ExitCode.FAILED
    assert "The function's source `../other` is outside of" in " ".join(failed.stderr.split())
    assert not (folder / "infra").exists()


def test_nobody_looks_for_the_source_of_an_image(tmp_path: Path) -> None:
    config = CONFIG.replace(f"{BUNDLE}}}", "{image: 'hello:1.4'}")
    folder = make_project(tmp_path / "app", config)
    (folder / "src/app.py").unlink()
    (folder / "src").rmdir()
    assert tfgen(folder, "render").returncode == ExitCode.DONE
    result = tfgen(folder, "plan", "--sandbox", env=NO_TERRAFORM)
    assert "no-such-terraform" in result.stderr
    assert "Bundled" not in result.stderr
    assert not (folder / ".tfgen/bundles").exists()
