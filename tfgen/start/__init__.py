"""What a bundle gets beside its source so that a function starts with its secrets resolved.

``start`` is the script that Lambda runs in place of the runtime
(https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper), ``start.py``
and ``start.mjs`` are what it needs in a function of Python and of Node.js. They run in Lambda, in
whatever version of the language the function has, and nothing of tfgen is there: so each is one
file that needs the language's own library only.
"""
