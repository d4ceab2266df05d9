# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

# Where IAM and Route 53 have their control plane. Everything that has a region names it itself.
provider "aws" {
  region = "us-east-1"
}
