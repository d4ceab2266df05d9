from __future__ import annotations

import subprocess

from tests.write.trees import Project, app
from tfgen.render.rendering import Rendering
from tfgen.write import compare, unified_diff


def test_nothing_changed(project: Project) -> None:
    project.render(app("old"))
    assert unified_diff(compare(Rendering(app("old")), project.root)) == ""


def test_created_changed_removed(project: Project) -> None:
    project.render({"a.tf": "1\n2\n3\n", "b.tf": "b\n"})
    comparison = compare(Rendering({"a.tf": "1\nTWO\n3\n", "d/c.tf": "c\n"}), project.root)
    assert unified_diff(comparison) == (
        "diff --git a/a.tf b/a.tf\n"
        "--- a/a.tf\n"
        "+++ b/a.tf\n"
        "@@ -1,3 +1,3 @@\n"
        " 1\n"
        "-2\n"
        "+TWO\n"
        " 3\n"
        "diff --git a/b.tf b/b.tf\n"
        "deleted file mode 100644\n"
        "--- a/b.tf\n"
        "+++ /dev/null\n"
        "@@ -1 +0,0 @@\n"
        "-b\n"
        "diff --git a/d/c.tf b/d/c.tf\n"
        "new file mode 100644\n"
        "--- /dev/null\n"
        "+++ b/d/c.tf\n"
        "@@ -0,0 +1 @@\n"
        "+c\n"
    )


def test_git_makes_the_rendering_out_of_it(project: Project) -> None:
    old = {
        "form.tf": "a\x0cb\u2028c\r\nd\n",
        "end.tf": "no newline",
        "gone.tf": "x\n" * 20,
        "grown.tf": "".join(f"{n}\n" for n in range(100)),
        "emptied.tf": "x\n",
    }
    new = {
        "form.tf": "a\x0cb\u2028C\r\nd\n",
        "end.tf": "no newline either",
        "d/new.tf": "y\n",
        "grown.tf": "".join(f"{n * (n % 40 != 7)}\n" for n in range(120)),
        "emptied.tf": "",
        "blank.tf": "",
    }
    project.render(old)
    diff = unified_diff(compare(Rendering(new), project.root))
    subprocess.run(["git", "apply", "-"], cwd=project.root, input=diff.encode(), check=True)
    assert {
        path.relative_to(project.root).as_posix(): path.read_bytes().decode()
        for path in project.root.rglob("*.tf")
    } == new
