"""Danish order of names: PostgreSQL's C locale puts Å before Æ and Ø."""

_ORDER = str.maketrans({"æ": "{", "ø": "|", "å": "}", "é": "e", "è": "e", "ö": "|", "ä": "{", "ü": "y"})


def sort_key(name: str) -> str:
    """A key that a plain byte order sorts as Danes do: æ, ø, å last, and aa as å."""
    return " ".join(name.lower().split()).replace("aa", "å").translate(_ORDER)
