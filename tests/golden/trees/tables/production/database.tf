# Written by tfgen from tfgen.yaml, which is the place to change it: `tfgen render` writes this
# file again. Resources of your own go into files of your own, which tfgen leaves alone.

module "items_table" {
  source = "../modules/dynamodb_table"

  region = "us-west-2"

  name = "${local.name}-items"
  table = {
    hash_key  = "id"
    range_key = "created"
    attributes = {
      created = "N"
      id      = "S"
      owner   = "S"
      status  = "S"
    }
    indexes = {
      by-owner = {
        hash_key  = "owner"
        range_key = "created"
      }
      by-status = {
        hash_key   = "status"
        projection = "INCLUDE"
        attributes = ["title"]
      }
    }
    local_indexes = {
      by-status-of-id = {
        range_key  = "status"
        projection = "KEYS_ONLY"
      }
    }
    ttl = {
      attribute = "expires"
    }
    stream = "NEW_AND_OLD_IMAGES"
    encryption = {
      kms_key_arn = module.us_west_2.key_arn
    }
    replicas = {
      eu-west-2 = {
        kms_key_arn = module.eu_west_2.key_arn
      }
    }
  }
}

module "sessions_table" {
  source = "../modules/dynamodb_table"

  region = "us-west-2"

  name = "${local.name}-sessions"
  table = {
    hash_key = "id"
    attributes = {
      id = "S"
    }
    ttl = {
      attribute = "expires"
    }
    stream     = "NEW_AND_OLD_IMAGES"
    encryption = {}
    replicas = {
      eu-west-2 = {}
    }
  }
}

module "settings_table" {
  source = "../modules/dynamodb_table"

  region = "us-west-2"

  name = "${local.name}-settings"
  table = {
    hash_key = "name"
    attributes = {
      name = "S"
    }
    deletion_protection    = false
    point_in_time_recovery = false
  }
}
