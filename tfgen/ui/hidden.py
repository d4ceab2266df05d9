"""Reading a line from a terminal that does not show what is typed."""

from __future__ import annotations

import sys
import termios
from collections.abc import Callable
from typing import Final, TextIO

# What is longer than a line that a terminal edits is cut off without a word.
# https://man7.org/linux/man-pages/man3/termios.3.html (canonical mode); on macOS, MAX_CANON.
LONGEST: Final = 1022 if sys.platform == "darwin" else 4094


def read_hidden(terminal: TextIO, prompt: Callable[[], object]) -> str:
    """Reads one line while the terminal echoes nothing but the line feed at its end.

    Args:
        terminal: a text stream that is one.
        prompt: asks, when nothing is echoed any more.

    Returns:
        The line with its line feed; nothing at the end of the input.

    Raises:
        UnicodeDecodeError: it is not text.
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    descriptor = terminal.fileno()
    before = termios.tcgetattr(descriptor)
    hidden = termios.tcgetattr(descriptor)
    hidden[3] = (hidden[3] & ~termios.ECHO) | termios.ECHONL
    try:
        # What was typed ahead was echoed, so it does not count.
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, hidden)
        prompt()
        return terminal.readline()
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
