"""IAM: who calls the simulated AWS, what they may do, and the refusal of the rest."""
