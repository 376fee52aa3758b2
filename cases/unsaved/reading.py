"""What a form that could not be saved held, where it stood, and the files it named."""

from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cases.unsaved import writer
from cases.unsaved.services import Typed

#: As long as an address of ours is.
LONGEST_ADDRESS = 500
#: Of a draft, where its form is sent.
DRAFT_OF = "kladde_til"
#: What a device says of a passkey holds once, and is typed by nobody.
_NOT_TYPED = ("csrfmiddlewaretoken", writer.FIELD, DRAFT_OF, "credential")


class NamesOnly(FileUploadHandler):
    """Takes the names of a stranger's files and stores none of them."""

    def __init__(self, request: HttpRequest, *, reads_on: bool) -> None:
        super().__init__(request)
        self.names: list[str] = []
        self._reads_on = reads_on

    def new_file(self, field_name: str, file_name: str, *args: Any, **more: Any) -> None:
        self.names.append(file_name)
        # The token and what stands before the first file has been read.
        raise SkipFile if self._reads_on else StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def typed_in(request: HttpRequest) -> Typed:
    """All that was posted but tokens and passwords."""
    fields = {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED and "password" not in name
    }
    named = [name for handler in request.upload_handlers if isinstance(handler, NamesOnly) for name in handler.names]
    files = [str(file.name) for name in request.FILES for file in request.FILES.getlist(name)]
    return Typed(fields, [*named, *files])


def page_of(request: HttpRequest) -> str:
    """The page on which the form stands: a browser says so of our own pages; else the form's own address."""
    said = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(said)
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    is_ours = url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure())
    # A path that begins with two slashes is the address of another site.
    is_path = bool(parts.netloc) and url_has_allowed_host_and_scheme(page, None)
    return page if is_ours and is_path and parts.path != reverse("login") else request.get_full_path()
