"""The encoder: whatever goes in comes out again, in few bytes, and always the same ones."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tfgen.bundle.deflate import compress

ROOT = Path(__file__).resolve().parents[2]


def inflate(stream: bytes) -> bytes:
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    content = decoder.decompress(stream)
    assert decoder.eof, "the last block is marked as such"
    assert decoder.unused_data == b""
    return content


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)  # noqa: S311 - reproducible, not secret


repetitive = st.builds(
    lambda parts, order: b"".join(parts[index % len(parts)] for index in order),
    st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=8),
    st.lists(st.integers(0, 7), max_size=400),
)


@given(st.binary(max_size=2000) | repetitive)
@example(b"")
@example(b"a")
@example(b"\0" * 258)
@example(b"\0" * 259)
@example(bytes(range(256)) * 2)
def test_what_goes_in_comes_out(content: bytes) -> None:
    assert inflate(compress(content)) == content


@pytest.mark.parametrize("size", [65_534, 65_535, 65_536, 131_070, 131_071, 200_000])
@pytest.mark.parametrize("kind", ["zeros", "noise", "text", "both"])
def test_blocks_meet(kind: str, size: int) -> None:
    text = b"".join(b"line %d of a file that goes on\n" % i for i in range(7000))
    content = {
        "zeros": bytes(size),
        "noise": noise(size),
        "text": text[:size],
        "both": (text[:40_000] + noise(70_000) + text[:100_000])[:size],
    }[kind]
    assert inflate(compress(content)) == content


def test_matches_reach_back_a_whole_window_and_no_further() -> None:
    word = b"a word that comes again"
    gaps = (32_768 - len(word), 32_768, 32_769 - len(word), 40_000)
    for gap in gaps:
        content = word + noise(gap) + word
        assert inflate(compress(content)) == content


def test_codes_stay_within_fifteen_bits() -> None:
    # Counts like Fibonacci's numbers make the deepest Huffman tree that there can be.
    counts, symbols = [1, 1], []
    while len(counts) < 22:
        counts.append(counts[-1] + counts[-2])
    for symbol, count in enumerate(counts):
        symbols += [symbol] * count
    random.Random(1).shuffle(symbols)  # noqa: S311 - reproducible, not secret
    content = bytes(symbols)
    assert inflate(compress(content)) == content


def test_noise_grows_by_six_bytes_a_block_at_most() -> None:
    for size in (1, 100, 65_535, 300_000):
        assert len(compress(noise(size))) <= size + 6 * -(-size // 65_535)


def test_real_code_is_nearly_as_small_as_with_zlib() -> None:
    sources = [path.read_bytes() for path in sorted((ROOT / "tfgen").rglob("*.py"))]
    assert sources
    ours = sum(len(compress(source)) for source in sources)
    theirs = sum(len(zlib.compress(source, wbits=-zlib.MAX_WBITS)) for source in sources)
    assert ours < 1.25 * theirs


def golden_input() -> bytes:
    words = b"".join(b"def f%d(x): return x * %d\n" % (i % 37, i * i) for i in range(9000))
    return words + noise(80_000) + bytes(5000) + words[:1000]


GOLDEN = "937f24f475acafd378c725e495c7d73f7da32fc480ea9102c7360213daeef03d"


def test_the_stream_is_the_golden_one() -> None:
    """A change here is a new version of every function: raise ``ALGORITHM`` with it."""
    assert hashlib.sha256(compress(golden_input())).hexdigest() == GOLDEN


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_stream_does_not_depend_on_hashing(hash_seed: str) -> None:
    script = (
        "import hashlib, sys; from tfgen.bundle.deflate import compress;"
        "print(hashlib.sha256(compress(sys.stdin.buffer.read())).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=golden_input(),
        capture_output=True,
        check=True,
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.decode().strip() == GOLDEN
