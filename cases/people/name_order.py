"""Names of people: one way of writing them, the Danish order, and the key by which they are found."""

import re
import unicodedata

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_ORDER = str.maketrans({"æ": "{", "ø": "|", "å": "}", "é": "e", "è": "e", "ö": "|", "ä": "{", "ü": "y"})
# Letters that are no letter with a mark on it.
_LETTERS = str.maketrans(
    {"å": "aa", "æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)


def normal(name: str) -> str:
    """The name as it is stored: composed letters, one kind of apostrophe, single blanks."""
    return " ".join(unicodedata.normalize("NFC", name).translate(_APOSTROPHES).split())


def sort_key(name: str) -> str:
    """A key that a plain byte order sorts as Danes do: æ, ø, å last, and aa as å."""
    return " ".join(name.lower().split()).replace("aa", "å").translate(_ORDER)


def words(text: str) -> list[str]:
    """The words of a name without case and marks, so that Aagård is Ågaard and Nguyễn is nguyen."""
    folded = normal(text).casefold().translate(_LETTERS)
    bare = "".join(one for one in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(one))
    return re.findall(r"[^\W_]+", bare)


def search_key(name: str) -> str:
    """Every word that a search may begin with: O'Brien by o, brien and obrien."""
    return " ".join(dict.fromkeys([*words(name), *words(name.translate(_APOSTROPHES).replace("'", ""))]))
