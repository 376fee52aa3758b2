"""The form that takes a file of cases."""

from django import forms

from cases.fields import PlainErrors
from cases.import_file import MAX_BYTES
from cases.table_reader import MAX_ROWS


class ImportForm(PlainErrors, forms.Form):
    """Only that there is a file; what is in it, `import_file` judges."""

    file = forms.FileField(
        label="Fil",
        help_text=f"CSV eller Excel (.xlsx), højst {MAX_BYTES // 1024 // 1024} MB og "
        + f"{MAX_ROWS:,} rækker.".replace(",", "."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
