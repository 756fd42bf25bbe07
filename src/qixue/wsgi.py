"""What the application server loads."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qixue.settings")
site = get_wsgi_application()
application = import_module("qixue.api.at_once").AtOnce(site)  # its models need the site first
