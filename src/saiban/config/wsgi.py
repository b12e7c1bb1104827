"""The door for web servers."""

from django.core.wsgi import get_wsgi_application

from saiban.core import web

application = get_wsgi_application()
web.prepare()
