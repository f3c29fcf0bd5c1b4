"""Mount the console behind Airflow's login and add it to the navigation; the only plugin file."""

from typing import ClassVar

from airflow.api_fastapi.core_api.security import get_user
from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import Connection

from tocsin.web.app import create_console


class TocsinPlugin(AirflowPlugin):
    """Adds the page Tocsin to Airflow's navigation, at /tocsin/ for whoever is logged in."""

    name = "tocsin"
    # Routes of plugins are open to everybody unless they ask for a user themselves.
    fastapi_apps: ClassVar = [
        {"app": create_console(get_user, Connection.get), "url_prefix": "/tocsin", "name": "Tocsin"}
    ]
    external_views: ClassVar = [
        {
            "name": "Tocsin",
            "href": "/tocsin/",
            "destination": "nav",
            "url_route": "tocsin",
            "nav_top_level": True,
        }
    ]
