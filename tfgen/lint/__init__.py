"""The linter of Terraform for several regions: pure, from the texts of files to findings."""
