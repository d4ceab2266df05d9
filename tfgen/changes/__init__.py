"""What AWS or its provider cannot change in one apply, and the steps that can.

`deployed` is what the state knows of a stage, `refusal` what a refusal consists of, `tables` and
`policies` the rules. Nothing here reads a state or runs Terraform.
"""

from tfgen.changes.deployed import DeployedPolicy, DeployedReplica, DeployedTable
from tfgen.changes.policies import has_policies, policy_refusals
from tfgen.changes.refusal import DEPLOYED, REMOVE, WANTED, Edit, Refusal, Step
from tfgen.changes.tables import moved, refusals

__all__ = [
    "DEPLOYED",
    "REMOVE",
    "WANTED",
    "DeployedPolicy",
    "DeployedReplica",
    "DeployedTable",
    "Edit",
    "Refusal",
    "Step",
    "has_policies",
    "moved",
    "policy_refusals",
    "refusals",
]
