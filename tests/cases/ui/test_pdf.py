"""What is put on paper: any script can be read, and what no font knows is seen to be missing."""

import io

import pytest
from pypdf import PdfReader

from cases.ui.pdf import CannotBeSet, Part, Sheet, pdf

SCRIPTS = {
    "Arabic": "العربية",
    "Armenian": "Հայերեն",
    "Bengali": "বাংলা",
    "Cyrillic": "Привет",
    "Devanagari": "नमस्ते",
    "Ethiopic": "ሰላም",
    "Georgian": "ქართული",
    "Greek": "Ελληνικά",
    "Gujarati": "ગુજરાતી",
    "Gurmukhi": "ਪੰਜਾਬੀ",
    "Hebrew": "עברית",
    "Japanese": "ひらがな 日本",
    "Kannada": "ಕನ್ನಡ",
    "Khmer": "ខ្មែរ",
    "Korean": "한국어",
    "Lao": "ລາວ",
    "Malayalam": "മലയാളം",
    "Myanmar": "မြန်မာ",
    "Oriya": "ଓଡ଼ିଆ",
    "S Chinese": "中文漢學",
    "Sinhala": "සිංහල",
    "Syriac": "ܣܘܪܝܝܐ",
    "Tamil": "தமிழ்",
    "Telugu": "తెలుగు",
    "Thaana": "ދިވެހި",
    "Thai": "ภาษาไทย",
    "Tibetan": "བོད་སྐད་",
    "Vietnamese": "Tiếng Việt",
    "Emoji": "😀 👩‍👩‍👧 🇩🇰",
    "Symbols": "✓ → ☎ ½ ₾",
}


def sheet_of(*lines):
    return Sheet("Jobcenter", "Telefon", "Borger", "Sag 1", "1. maj", "Titel", (Part("Del", lines),), "Afgjort")


def opened(*lines):
    return PdfReader(io.BytesIO(pdf(sheet_of(*lines))))


def text_of(*lines):
    return " ".join(" ".join(page.extract_text() for page in opened(*lines).pages).split())


def test_each_script_is_set_with_nothing_missing():
    assert "□" not in text_of(*SCRIPTS.values())


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_needs_another(script):
    assert "□" not in text_of(SCRIPTS[script])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("\uf0b7 Vi har lagt vægt på", "• Vi har lagt vægt på"),
        ("\ufeffFørste ord", "Del Første ord"),
        ("a\x07b\x00c\x85d", "abcd"),
        ("før\tefter", "før efter"),
        ("Kileskrift \U00012000\U00012001 her", "Kileskrift □□ her"),
        ("Balinesisk \u1b29\u1b2e\u1b36 her", "Balinesisk □□□ her"),
        ("Eget tegn \ue000 her", "Eget tegn □ her"),
        (r"Skrevet \u{f0b7} og \u0007", r"Skrevet \u{f0b7} og \u0007"),
    ],
)
def test_what_no_font_knows_is_seen_to_be_missing(typed, read):
    assert read in text_of(typed)


def test_a_text_of_nothing_but_unknown_signs_is_refused():
    with pytest.raises(CannotBeSet):
        pdf(sheet_of("".join(map(chr, range(0x12000, 0x12064)))))


def test_each_page_says_which_it_is_and_how_many_there_are():
    pages = opened(*["Et afsnit."] * 100).pages

    assert [f"side {number} af {len(pages)}" in page.extract_text() for number, page in enumerate(pages, 1)] == [
        True
    ] * len(pages)
    assert len(pages) > 2
