"""Rendering and disk become actions: the only writer of the rendered tree.

`compare` looks and decides, `write` does it, `unified_diff` shows it. What tfgen owns is listed in
the manifest, ``.tfgen.json``; every other file in the tree is the user's and is never touched.

**All or nothing.** Whoever looks at the tree while a render runs, or after it was killed, sees the
old tree or the new one and never a mixture:

1. The whole new tree is built aside, in tfgen's scratch folder. Files of the user and owned files
   that stay the same are hard links (same inode, same times, no bytes copied, whatever the size of
   ``.terraform``); only what changes is written, and reaches the disk before anything moves.
2. A record of what was linked from where is saved beside it.
3. The two folders are exchanged in one system call (``renameat2`` with ``RENAME_EXCHANGE``, or
   ``renameatx_np`` with ``RENAME_SWAP`` on macOS). A first render is one plain rename.
4. The old tree, now aside, is emptied. An entry that the record does not know came between 1 and 3:
   it is moved over, as if it had been saved just after the render. An entry that vanished in
   between is removed from the new tree, too. The folders of the old tree go by ``rmdir``, which
   refuses when something has just been created inside, so nothing new can slip through.

A journal beside the tree would be less work but only tells *tfgen* how to repair a half-written
tree. Terraform, git or a person who looks at it before the next render would still see the half.

**A killed run** leaves its folder in scratch. The next write finishes it under the lock: before the
exchange it is only links and is deleted; after it, step 4 is done again. A file that came in late
never replaces one that the user has made or changed since: it is put beside it as
``<name>.rescued``.

**Where the exchange cannot be had** (NFS, exFAT, old kernels), two renames stand in for it. Killed
between the two, the tree is missing until the next write puts the old one back. Where scratch is on
another file system, the tree is built in a hidden folder beside the output folder instead. Where
hard links cannot be had, files are copied with their modes and times.

**Programs at work in the tree.** A file that a program has open stays the same file, because its
inode moves along. A folder does not: a shell whose working directory is inside the tree stands in
the old, deleted folder afterwards, and needs ``cd .`` to be back. tfgen's own working directory is
set again. Terraform would write a new state file into the deleted folder, so nothing is written
while a state in the tree is locked; `hold` keeps renders away while tfgen itself runs Terraform.

Only POSIX systems are supported, and file names are taken to be case-sensitive.
"""

from __future__ import annotations

from tfgen.write.compare import Change, Comparison, Kind, compare, refuse_conflicts
from tfgen.write.diff import unified_diff
from tfgen.write.locks import hold
from tfgen.write.manifest import MANIFEST
from tfgen.write.transaction import write

__all__ = [
    "MANIFEST",
    "Change",
    "Comparison",
    "Kind",
    "compare",
    "hold",
    "refuse_conflicts",
    "unified_diff",
    "write",
]
