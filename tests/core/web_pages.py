"""Pages for the tests of web connections: each uses the database in one way."""

import threading

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

holding = threading.Semaphore(0)
release = threading.Event()


def asked(question: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return HttpResponse(str(cursor.fetchone()[0]))


@csrf_exempt
def ask(request: HttpRequest) -> HttpResponse:
    """Answer the question of the address."""
    return asked(request.GET["q"])


def hold(request: HttpRequest) -> HttpResponse:
    """Keep a connection until the test lets go."""
    answer = asked("select 1")
    holding.release()
    release.wait(30)
    return answer


urlpatterns = [path("ask/", ask), path("hold/", hold), path("", include("saiban.config.urls"))]
handler500 = "saiban.ui.errors.server_error"
