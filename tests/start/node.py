"""What of the program for Node.js the tests call, without a process for each call."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.support.trees import ROOT

_FOLDER = ROOT / "tfgen/start/start-node"

_SERVER = f"""
import readline from "node:readline";
import {{ endpointOf, sign }} from "{(_FOLDER / "client.mjs").as_uri()}";
import {{ batches, plan }} from "{(_FOLDER / "jobs.mjs").as_uri()}";
import {{ resolve }} from "{(_FOLDER / "start.mjs").as_uri()}";

const calls = {{
  endpointOf,
  sign,
  batches,
  async resolve(references, environment, budget) {{
    const told = (result) => (typeof result === "string" ? result : {{ failure: result.message }});
    try {{
      const jobs = plan(new Map(Object.entries(references)), environment);
      const results = await resolve(jobs, environment, budget);
      return Object.fromEntries([...results].map(([name, result]) => [name, told(result)]));
    }} catch (error) {{
      return told(error);
    }}
  }},
}};
for await (const line of readline.createInterface({{ input: process.stdin }})) {{
  const [name, ...values] = JSON.parse(line);
  console.log(JSON.stringify(await calls[name](...values)));
}}
"""


class Node:
    """A process that calls functions of the program for Node.js.

    Args:
        folder: where it may write.
        environment: the process's.
    """

    def __init__(self, folder: Path, **environment: str) -> None:
        script = folder / "server.mjs"
        script.write_text(_SERVER, encoding="utf-8")
        self._process = subprocess.Popen(
            ["node", script],
            env=environment or None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def call(self, name: str, *values: object) -> Any:
        """Calls a function and returns its result."""
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        process.stdin.write(json.dumps([name, *values]) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    def end(self) -> None:
        """Ends the process, which has nothing to save and may still wait for an answer."""
        self._process.kill()
        self._process.communicate()
