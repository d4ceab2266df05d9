# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "items_table" {
  source = "../modules/dynamodb_table"

  region = "us-west-2"

  name = "${local.name}-items"
  table = {
    hash_key = "id"
    attributes = {
      id = "S"
    }
    stream = "NEW_AND_OLD_IMAGES"
    replicas = {
      ap-southeast-2 = {}
      eu-central-1   = {}
      eu-west-2      = {}
    }
  }
}
