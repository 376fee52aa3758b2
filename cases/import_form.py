"""The form that takes a file of cases."""

from django import forms

from cases.fields import PlainErrors
from cases.import_file import MAX_BYTES, MAX_ROWS


class ImportForm(PlainErrors, forms.Form):
    """Only that there is a file; what is in it, `import_file` judges."""

    file = forms.FileField(
        label="Fil",
        help_text=f"CSV (UTF-8) eller Excel (.xlsx), højst {MAX_BYTES // 1024 // 1024} MB og "
        + f"{MAX_ROWS:,} rækker.".replace(",", "."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
