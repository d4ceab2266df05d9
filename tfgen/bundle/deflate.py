"""A DEFLATE encoder (RFC 1951) whose output depends on its input alone.

The standard library compresses with the zlib that the interpreter happens to be linked with. zlib,
zlib-ng, Apple's and IBM's builds all write valid streams of the same data, and all different ones:
the bundle of a laptop would not be the bundle of CI, and Terraform would publish a new version of
a function that nobody changed. This encoder has no such freedom. It is plain integer arithmetic in
a fixed order, so every Python on every machine writes the same bytes; and anything that inflates,
Lambda included, reads them.

It keeps only the last position of each four bytes, looks no further than one match, and hands the
inner loops to C (slices, dicts, ``Counter``, ``int``).

Reference: https://www.rfc-editor.org/rfc/rfc1951
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby

ALGORITHM = 1
"""Raised by any change that makes the same input another stream."""

_BLOCK = 0xFFFF  # bytes of input in a block: the most that a stored block holds
_WINDOW = 1 << 15  # bytes that a match may reach back
_SHORTEST, _LONGEST = 4, 258  # bytes in a match; DEFLATE's shortest, 3, rarely pays for itself
_PATIENCE = 7  # misses before the search strides, as a power of two

_END_OF_BLOCK = 256
_MATCH = 1 << 16  # a token is a literal byte, the end of the block, or length * _MATCH + distance
_CODE_LENGTH_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)


def compress(data: bytes) -> bytes:
    """Compresses bytes to a raw DEFLATE stream.

    Args:
        data: what to compress, all of it in memory.

    Returns:
        The stream, without zlib's or gzip's header and trailer. At worst it is longer than
        ``data`` by six bytes for every 65,535.
    """
    return b"".join(deflate([data]))


def deflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yields the stream of ``compress``, with no more in memory than a few blocks.

    Args:
        pieces: what to compress, in pieces of any size: the stream does not depend on them.
    """
    pending = ""  # bits that do not fill a byte yet, in the order of the stream
    seen: dict[bytes, int] = {}
    data = b""
    for block, is_last in _blocks(pieces):
        before = data[-_WINDOW:]
        gone = len(data) - len(before)
        seen = {key: at - gone for key, at in seen.items() if at >= gone}
        data = before + block
        start, end = len(before), len(data)
        final = "1" if is_last else "0"
        coded = _dynamic_block(_tokens(data, start, end, seen))
        if len(coded) < 8 * len(block):
            pending += final + coded
            whole = len(pending) // 8 * 8
            yield _pack(pending[:whole])
            pending = pending[whole:]
        else:
            size = len(block)
            yield _pack(pending + final + "00")
            yield size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + block
            pending = ""
    yield _pack(pending)


def _blocks(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yields blocks of input, and whether it is the last one; an empty input is an empty block."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        at = 0
        # A block that is full may still be the last.
        while len(waiting) - at > _BLOCK:
            yield bytes(waiting[at : at + _BLOCK]), False
            at += _BLOCK
        del waiting[:at]
    yield bytes(waiting), True


def _tokens(data: bytes, start: int, end: int, seen: dict[bytes, int]) -> list[int]:
    """Cuts a block into literals and matches, greedily; ``seen`` learns the block's positions."""
    tokens: list[int] = []
    at = literals = start
    misses = 0
    last = end - _SHORTEST
    while at <= last:
        key = data[at : at + _SHORTEST]
        earlier = seen.get(key, at)
        seen[key] = at
        distance = at - earlier
        if not 0 < distance <= _WINDOW:
            # What does not compress (a native library's code, an image) is skimmed.
            misses += 1
            at += 1 + (misses >> _PATIENCE)
            continue
        misses = 0
        length = _common(data, earlier, at, end)
        tokens += data[literals:at]
        tokens.append(length * _MATCH + distance)
        at = literals = at + length
        # One position near the end of the match, where the next word begins, is worth knowing.
        if at - 2 <= last:
            seen[data[at - 2 : at + 2]] = at - 2
    tokens += data[literals:end]
    tokens.append(_END_OF_BLOCK)
    return tokens


def _common(data: bytes, earlier: int, at: int, end: int) -> int:
    """Returns how many bytes the text at two positions shares, within a match's limits."""
    here = data[at : min(at + _LONGEST, end)]
    there = data[earlier : earlier + len(here)]
    difference = int.from_bytes(here, "little") ^ int.from_bytes(there, "little")
    if not difference:
        return len(here)
    return ((difference & -difference).bit_length() - 1) // 8


def _dynamic_block(tokens: Sequence[int]) -> str:
    """Returns the bits of a block with Huffman codes of its own, without the leading final bit."""
    counts = Counter(tokens)
    literal_counts = [0] * 286
    distance_counts = [0] * 30
    for token, count in counts.items():
        if token <= _END_OF_BLOCK:
            literal_counts[token] += count
        else:
            length, distance = divmod(token, _MATCH)
            literal_counts[_length_code(length)[0]] += count
            distance_counts[_distance_code(distance)[0]] += count
    literal_lengths = _code_lengths(literal_counts, 15)
    distance_lengths = _code_lengths(distance_counts, 15)
    literals = _codes(literal_lengths)
    distances = _codes(distance_lengths)

    def bits(token: int) -> str:
        if token <= _END_OF_BLOCK:
            return literals[token]
        length, distance = divmod(token, _MATCH)
        length_symbol, length_rest = _length_code(length)
        distance_symbol, distance_rest = _distance_code(distance)
        return literals[length_symbol] + length_rest + distances[distance_symbol] + distance_rest

    coded = {token: bits(token) for token in counts}
    header = _header(literal_lengths, distance_lengths)
    return header + "".join(map(coded.__getitem__, tokens))


def _header(literal_lengths: Sequence[int], distance_lengths: Sequence[int]) -> str:
    """Returns a dynamic block's description of its two codes (RFC 1951, section 3.2.7)."""
    literal_lengths = _trimmed(literal_lengths, 257)
    distance_lengths = _trimmed(distance_lengths, 1)
    runs = list(_runs([*literal_lengths, *distance_lengths]))
    counts = [0] * 19
    for symbol, _ in runs:
        counts[symbol] += 1
    lengths = _code_lengths(counts, 7)
    codes = _codes(lengths)
    ordered = _trimmed([lengths[symbol] for symbol in _CODE_LENGTH_ORDER], 4)
    return "".join(
        [
            _number(0b10, 2),
            _number(len(literal_lengths) - 257, 5),
            _number(len(distance_lengths) - 1, 5),
            _number(len(ordered) - 4, 4),
            *(_number(length, 3) for length in ordered),
            *(codes[symbol] + rest for symbol, rest in runs),
        ]
    )


def _runs(lengths: Iterable[int]) -> Iterable[tuple[int, str]]:
    """Yields code lengths run-length coded, each as its symbol and its extra bits."""
    for length, group in groupby(lengths):
        left = len(list(group))
        if length:
            yield length, ""
            left -= 1
        while left >= 3:
            if length:
                taken = min(left, 6)
                yield 16, _number(taken - 3, 2)
            elif left <= 10:
                taken = left
                yield 17, _number(taken - 3, 3)
            else:
                taken = min(left, 138)
                yield 18, _number(taken - 11, 7)
            left -= taken
        yield from [(length, "")] * left


def _code_lengths(counts: Sequence[int], limit: int) -> list[int]:
    """Returns the length of each symbol's Huffman code, 0 for a symbol that is not used.

    At least two symbols get a code: not every decoder accepts a code of fewer.
    """
    counts = list(counts)
    for symbol in range(2):
        if sum(map(bool, counts)) < 2:
            counts[symbol] = counts[symbol] or 1
    while True:
        # Ties go to the lower symbol and then to the older node, never to chance.
        heap: list[tuple[int, int, tuple[int, ...]]] = [
            (count, symbol, (symbol,)) for symbol, count in enumerate(counts) if count
        ]
        lengths = [0] * len(counts)
        heapq.heapify(heap)
        for node in range(len(counts), len(counts) + len(heap) - 1):
            left, right = heapq.heappop(heap), heapq.heappop(heap)
            members = left[2] + right[2]
            for symbol in members:
                lengths[symbol] += 1
            heapq.heappush(heap, (left[0] + right[0], node, members))
        if max(lengths) <= limit:
            return lengths
        # Flatter counts make a shallower tree: a little worse, and always within the limit.
        counts = [(count + 1) // 2 for count in counts]


def _codes(lengths: Sequence[int]) -> list[str]:
    """Returns the canonical code of each symbol as bits (RFC 1951, section 3.2.2)."""
    codes = [""] * len(lengths)
    code = previous = 0
    for length, symbol in sorted((length, symbol) for symbol, length in enumerate(lengths)):
        if length:
            code <<= length - previous
            codes[symbol] = f"{code:0{length}b}"
            code += 1
            previous = length
    return codes


@cache
def _length_code(length: int) -> tuple[int, str]:
    """Returns the symbol and the extra bits of a match's length, 3 to 258."""
    if length == _LONGEST:
        return 285, ""
    offset = length - 3
    extra = max(0, offset.bit_length() - 3)
    return 257 + 4 * extra + (offset >> extra), _number(offset, extra)


@cache
def _distance_code(distance: int) -> tuple[int, str]:
    """Returns the symbol and the extra bits of a match's distance, 1 to 32,768."""
    offset = distance - 1
    extra = max(0, offset.bit_length() - 2)
    return 2 * extra + (offset >> extra), _number(offset, extra)


def _number(value: int, bits: int) -> str:
    """Returns the low bits of a number as DEFLATE orders those of numbers: lowest first."""
    return f"{value & ((1 << bits) - 1):0{bits}b}"[::-1] if bits else ""


def _trimmed(lengths: Sequence[int], least: int) -> Sequence[int]:
    """Returns lengths without the zeros at the end, but at least so many."""
    used = len(lengths)
    while used > least and not lengths[used - 1]:
        used -= 1
    return lengths[:used]


def _pack(bits: str) -> bytes:
    """Packs bits into bytes, from the lowest bit of the first byte on; zeros fill the last byte."""
    return int(bits[::-1] or "0", 2).to_bytes((len(bits) + 7) // 8, "little")
