"""The form that takes a file of cases."""

from collections.abc import Mapping
from typing import Any

from django import forms

from cases.fields import PlainErrors
from cases.forms import PageForm
from cases.import_file import COLUMNS, MAX_BYTES
from cases.table_reader import MAX_CELL, MAX_ROWS


class ImportForm(PlainErrors, forms.Form):
    """Only that there is a file; what is in it, `import_file` judges."""

    file = forms.FileField(
        label="Fil",
        help_text=f"CSV eller Excel (.xlsx), højst {MAX_BYTES // 1024 // 1024} MB og "
        + f"{MAX_ROWS:,} rækker.".replace(",", "."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class RowForm(PageForm):
    """The cells of one row, as they were typed; what they mean, `import_file` judges."""

    def __init__(self, *args: Any, cells: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, initial=dict(cells), **kwargs)
        for column in COLUMNS:
            self.fields[column] = forms.CharField(label=column.capitalize(), required=False, max_length=MAX_CELL)

    @property
    def cells(self) -> dict[str, str]:
        return {column: self.cleaned_data[column] for column in COLUMNS}
