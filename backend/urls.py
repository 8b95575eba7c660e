"""Every address of the house; each of them is closed until its view says otherwise."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
