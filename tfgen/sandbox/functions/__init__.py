"""Functions that really run: every deployed version in processes of its own, as Lambda runs them.

`functions` is the way in. `deployed` reads from moto what to run, `unpack` and `runtimes` say with
what, `pool` keeps one `environment` for each request at a time, which talks to its process through
the `runtime_api`; `journal` writes what Lambda logs. `keeper` and what is in the folder ``runtime``
are programs of their own. `tfgen.sandbox.patches.invoke` puts it behind Lambda's API.
"""
