"""What functions of the sandbox may see of this machine.

A function is a process of the user, and the code of a repository that somebody has just cloned.
`view` names the files that it needs. `landlock` (Linux) and `seatbelt` (macOS) are the systems'
own means to give a process no others; `confine` uses the one that works here and says what it does
not cover.
"""
