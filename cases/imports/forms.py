"""The form that takes a file of cases."""

from collections.abc import Mapping
from typing import Any

from django import forms

from cases.imports.file import COLUMNS, MAX_BYTES
from cases.imports.table_reader import MAX_CELL, MAX_ROWS
from cases.ui.fields import PlainErrors
from cases.ui.forms import PageForm


class ImportForm(PlainErrors, forms.Form):
    """Asks for a file; `file.py` reads what is in it."""

    file = forms.FileField(
        label="Fil",
        help_text=f"CSV eller Excel (.xlsx), højst {MAX_BYTES // 1024 // 1024} MB og "
        + f"{MAX_ROWS:,} rækker.".replace(",", "."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class RowForm(PageForm):
    """Holds the cells of one row as they were typed; `file.py` reads what they mean."""

    groups = (
        (
            "Borgeren",
            (
                "cpr-nummer",
                "navn",
                ("e-mail", "telefon"),
                ("adresse", "beskyttet_adresse"),
                ("tolkesprog", "fritaget_for_digital_post"),
            ),
        ),
        ("Forløbet", (("tilmeldt", "indplaceret"), ("målgruppe", "forsikret"), ("uddannelse", "børn_hjemme"))),
        ("Hvem har sagen", (("modpart", "medarbejder"),)),
        ("Forløbet, før sagen kom hertil", ("holdte_samtaler", "pauser", "valg_af_samtaleform")),
        ("Borgere, der kommer tilbage", ("tidligere_forløb",)),
        ("Noget, der ligner en fejl", ("begrundelse",)),
    )

    def __init__(self, *args: Any, cells: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, initial={_name_of(column): text for column, text in cells.items()}, **kwargs)
        for column, is_required in COLUMNS.items():
            label = column.capitalize().replace("Cpr", "CPR")
            self.fields[_name_of(column)] = forms.CharField(
                label=label,
                required=is_required,
                max_length=MAX_CELL,
                error_messages={"required": f"Udfyld »{label}«."},
            )

    @property
    def cells(self) -> dict[str, str]:
        return {column: self.cleaned_data[_name_of(column)] for column in COLUMNS}


def _name_of(column: str) -> str:
    return column.replace(" ", "_")
