"""Files on their way in are held in memory until they are sealed: no plain copy of a bank statement lies on a disk.

Django would spool what is larger than 2.5 MB to a temporary file (docs/decisions/0020). Who did not show a second
factor is not held anything for: their files are counted and let go, because anyone can post a form.
"""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from backend.uploads import LARGEST_FILE, LARGEST_TOGETHER
from backend.web.guards import is_verified


class HeldInMemory(FileUploadHandler):
    """Keeps a file's bytes up to `LARGEST_FILE`, all files of a request up to `LARGEST_TOGETHER`.

    Beyond that only the size is counted, so that the form can name the file that is too big.
    """

    together = 0

    def new_file(self, *args: Any, **options: Any) -> None:
        """A file begins."""
        super().new_file(*args, **options)
        self.held = BytesIO()
        self.is_kept = (
            self.request is not None and hasattr(self.request.user, "otp_device") and is_verified(self.request)
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A piece of it; returns nothing, so that no other handler keeps it."""
        self.together += len(raw_data)
        if start + len(raw_data) > LARGEST_FILE or self.together > LARGEST_TOGETHER:
            self.is_kept = False
            self.held = BytesIO()
        if self.is_kept:
            self.held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file; without its bytes when it was too big, which its size then says."""
        self.held.seek(0)
        return InMemoryUploadedFile(
            self.held,
            self.field_name,
            self.file_name or "",
            self.content_type or "",
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """The browser went away: what was held goes with it."""
        self.held = BytesIO()
