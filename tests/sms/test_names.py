"""quickcare.sms.names: any name as an SMS shows it."""

import os
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quickcare.sms import gsm7, names

DEVANAGARI = "DEVANAGARI"
SCRIPTS = st.one_of(
    st.text(max_size=200),
    st.text(st.characters(min_codepoint=0x0900, max_codepoint=0x0D7F), max_size=200),
    st.text(st.characters(min_codepoint=0x0900, max_codepoint=0x097F), max_size=200),
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("गीता शर्मा", "Geeta Sharma"),
        ("राम", "Ram"),
        ("सुरेश यादव", "Suresh Yadav"),
        ("प्रिया वर्मा", "Priya Varma"),
        ("मोहम्मद खान", "Mohammad Khan"),
        ("लक्ष्मी नारायण", "Lakshmi Narayan"),
        ("कृष्ण कुमार", "Krishna Kumar"),
        ("आशीष मिश्रा", "Asheesh Mishra"),
        ("कमला", "Kamla"),
        ("मनमोहन सिंह", "Manmohan Singh"),
        ("जगदीश चन्द्र", "Jagdeesh Chandra"),
        ("संजय पंकज", "Sanjay Pankaj"),
        ("अनन्या", "Ananya"),
        ("ज्ञान प्रकाश", "Gyan Prakash"),
        ("ज़ाकिर", "Zakir"),
        ("फ़ातिमा", "Fatima"),
        ("ए॰ के॰ शर्मा", "E. Ke. Sharma"),
        ("समीर १२३", "Sameer 123"),
        ("অর্পিতা সেন", "Arpita Sen"),
        ("ગીતા પટેલ", "Geeta Patel"),
        ("ਹਰਪ੍ਰੀਤ ਸਿੰਘ", "Harpreet Singh"),
        ("முருகன்", "Murukan"),
        ("గీత రెడ్డి", "Geeta Reddi"),
        ("ಗೀತಾ ಗೌಡ", "Geeta Gauda"),
        ("ഗീത നായർ", "Geeta Nayar"),
        ("Дмитрий", "Dmitriy"),
        ("Ναταλία", "Natalia"),
        ("Łukasz Đặng", "Lukasz Dang"),
        ("Zoë D\N{RIGHT SINGLE QUOTATION MARK}Souza", "Zoe D'Souza"),
        ("Dora 😀", "Dora"),
        ("डॉ. गीता शर्मा", "Dr. Geeta Sharma"),
        ("डॉ॰ शर्मा क्लिनिक", "Dr. Sharma Klinik"),
        ("டாக்டர் முருகன்", "Dr Murukan"),
    ],
)
def test_a_name_in_another_script_is_written_as_it_sounds(name: str, shown: str) -> None:
    assert names.written(name) == shown


@pytest.mark.parametrize("name", ["محمد خان", "שרה", "สมชาย", "😀", "", "+91 98765-43210", "\u0951"])
def test_what_nobody_could_read_is_not_written(name: str) -> None:
    assert names.written(name) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [("गीता शर्मा", "गीता शर्मा"), ("Geeta Sharma", "Geeta Sharma"), ("ગીતા पटेल", "Geeta पटेल"), ("১", "1")],
)
def test_a_hindi_text_keeps_devanagari(name: str, shown: str) -> None:
    assert names.written(name, DEVANAGARI) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Dr. Asha Rao", "Dr. Asha Rao"),
        ("Dr.Asha Rao", "Dr. Asha Rao"),
        ("24x7 Clinic, No. 1042", "24x7 Clinic, No. 1042"),
        ("http://evil.example/x", "http evil. example x"),
        ("me@evil.example", "me evil. example"),
        ("\N{FULLWIDTH LATIN SMALL LETTER E}vil\N{FULLWIDTH FULL STOP}com", "evil. com"),
        ("call 9876543210", "call"),
        ("Win ९८७६५४३२१० now", "Win now"),
        ("Win 9876 543 210 now", "Win now"),
        ("Ward 12, Floor 3", "Ward 12, Floor 3"),
        ("{doctor}", "doctor"),
        ("Dora\nIyer", "Dora Iyer"),
    ],
)
def test_a_name_has_no_link_and_no_phone_number(name: str, shown: str) -> None:
    assert names.written(name) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x" * 30, "x" * 30),
        ("x" * 31, "x" * 27 + "..."),
        ("Sunrise Diagnostics and Research Centre", "Sunrise Diagnostics and Res..."),
        ("Sunrise Diagnostics & Imaging, Andheri", "Sunrise Diagnostics & Imagi..."),
        ("सनराइज़ डायग्नोस्टिक्स एवं अनुसंधान केंद्र", "सनराइज़ डायग्नोस्टिक्स एवं..."),
        # The 27th character is a vowel's sign of the 26th, which is joined to the 24th.
        ("क" * 23 + "क्षि" + "क" * 9, "क" * 23 + "क्षि..."),
        ("क" * 24 + "क्षि" + "क" * 9, "क" * 24 + "..."),
    ],
)
def test_a_long_name_is_cut_on_a_letter(name: str, shown: str) -> None:
    assert names.written(name, DEVANAGARI) == shown


@given(SCRIPTS)
def test_no_name_breaks_an_sms(name: str) -> None:
    english, hindi = names.written(name), names.written(name, DEVANAGARI)
    for shown in filter(None, (english, hindi)):
        assert len(shown) <= names.LONGEST
        assert shown == " ".join(shown.split())
        assert not set(shown) & gsm7.EXTENSION
    assert english is None or gsm7.BASIC.issuperset(english)
    foreign = set(hindi or "") - gsm7.BASIC - {"\u200c", "\u200d"}
    assert all(unicodedata.name(char).startswith(DEVANAGARI) for char in foreign)


def test_a_question_mark_stands_only_for_itself() -> None:
    assert names.written("Who?") == "Who?"
    assert names.written("\u0378 Asha \ue000") == "Asha"


def test_most_names_load_no_tables() -> None:
    program = (
        "import sys; from quickcare.sms import names; names.written('गीता शर्मा'); names.written('José Rao');"
        "print('anyascii' in sys.modules); names.written('Дмитрий'); print('anyascii' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True"]
