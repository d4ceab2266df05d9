"""Rules that tie the parts of an app together: what AWS or Terraform would refuse much later.

Each function raises the first broken rule as a ``TfgenError`` with its place.
"""

from __future__ import annotations

from tfgen.app import App
from tfgen.config.places import Places
from tfgen.rules.api import check_api
from tfgen.rules.database import check_database
from tfgen.rules.dns import check_dns
from tfgen.rules.environment import check_environment
from tfgen.rules.function import check_functions
from tfgen.rules.rds import check_databases, check_provider_of_databases
from tfgen.rules.regions import check_regions
from tfgen.rules.replication import check_provider_of_tables
from tfgen.rules.routing import check_routing
from tfgen.rules.secrets import check_ciphertexts, check_secrets
from tfgen.rules.stages import check_stages
from tfgen.rules.tags import check_tags

__all__ = ["check_app", "check_ciphertexts", "check_provider", "check_stages"]


def check_app(app: App, places: Places) -> None:
    """Checks one stage.

    Raises:
        TfgenError: the first broken rule.
    """
    check_regions(app, places)
    check_tags(app, places)
    check_dns(app, places)
    check_routing(app, places)
    check_api(app, places)
    check_database(app, places)
    check_databases(app, places)
    for region in app.regions:
        check_environment(app, region, places.for_region(region.name))
    check_functions(app, places)
    check_secrets(app, places)


def check_provider(app: App, places: Places) -> None:
    """Checks that the version of the provider that a stage is rendered for knows its data.

    Args:
        app: the stage. In the sandbox it may be rendered for another version than the config's.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: it does not.
    """
    check_provider_of_tables(app, places)
    check_provider_of_databases(app, places)
