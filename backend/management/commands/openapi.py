"""Writes the OpenAPI document of the API, made from the views themselves."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema


class Command(BaseCommand):
    help = "Writes docs/openapi.yaml; a test holds it against the views."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, help="another file; without it standard output")

    def handle(self, **options: Any) -> None:
        text = document()
        if options["out"]:
            options["out"].write_text(text)
        else:
            self.stdout.write(text, ending="")


def document() -> str:
    """The document as YAML; raises when it is not valid OpenAPI."""
    generator: Any = SchemaGenerator
    check: Any = validate_schema
    renderer: Any = OpenApiYamlRenderer()
    schema = generator().get_schema(request=None, public=True)
    check(schema)
    return bytes(renderer.render(schema)).decode()
