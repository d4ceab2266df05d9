"""DynamoDB global tables, version 2019.11.21, on top of moto's tables.

`tables` knows which tables belong together and what they share, `replication` carries what is
written, `updates` is what ``UpdateTable`` does to them. `tfgen.sandbox.patches.dynamodb` puts them
into moto.
"""
