"""What each worker of `qixue serve` loads: the site, which begins to make what the first visitors would wait for."""

from importlib import import_module

from qixue.wsgi import application

__all__ = ["application"]

import_module("qixue.web.warm_up").warm_up()  # its models need the application first
