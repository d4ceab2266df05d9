"""A function's source becomes its bundle: the same zip on every machine for the same files.

Terraform compares the hash of the zip, so a byte that depends on the machine would be a new
version of the function in every region, for nothing. Names are sorted, times and modes are fixed,
and what compresses is this package's own encoder, because zlib's output is another one with every
build of zlib (``deflate`` tells more). Storing without compressing would be as reproducible and
simpler, but Lambda takes no more than 50 MB in an upload: pydantic, httpx and Powertools with what
they need are 14.7 MB stored, 5.4 MB from this encoder and 4.8 MB from zlib, times the number of
regions on the wire. It takes about a second for 4 MB, once: what did not change is copied from the
bundle before, and when nothing changed nothing is read at all.
"""
