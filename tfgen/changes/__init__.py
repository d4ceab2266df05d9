"""What AWS or its provider cannot change in one apply, and the steps that can.

`deployed` is what the state knows of a stage, `refusal` what a refusal consists of, `tables` the
rules. Nothing here reads a state or runs Terraform.
"""

from tfgen.changes.deployed import DeployedReplica, DeployedTable
from tfgen.changes.refusal import DEPLOYED, REMOVE, WANTED, Edit, Refusal, Step
from tfgen.changes.tables import moved, refusals

__all__ = [
    "DEPLOYED",
    "REMOVE",
    "WANTED",
    "DeployedReplica",
    "DeployedTable",
    "Edit",
    "Refusal",
    "Step",
    "moved",
    "refusals",
]
