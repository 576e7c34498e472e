"""Messages, the conditions of rules, and the directory."""

import pytest

from transport.errors import AddressError
from transport.mail.directory import Directory, Entry
from transport.mail.message import Message
from transport.mail.rule import Conditions
from transport.recall.codes import Kind

ORIGINAL = Message(Kind.ORIGINAL, "list", "Salaries Q3", 2_000_000, True, "IPM.Note", "high")
PEOPLE = Directory([Entry("desk", 1, 3, "contoso.example"), Entry("web", 4, 2, "partner.example")])


def test_the_request_has_its_own_subject_and_class_and_no_attachment():
    """Rules see the request's own properties (recall.md 0)."""
    request = ORIGINAL.recall_request()
    assert request == Message(
        Kind.REQUEST, "list", "Recall: Salaries Q3", 0, False, "IPM.Outlook.Recall", "high"
    )


def test_a_replacement_is_like_the_original_but_for_what_is_given():
    """R8: an ordinary new message with its own subject, size and attachment flag."""
    assert ORIGINAL.replacement("Corrected", None, False) == Message(
        Kind.REPLACEMENT, "list", "Corrected", 2_000_000, False, "IPM.Note", "high"
    )


@pytest.mark.parametrize(
    ("conditions", "original", "request_"),
    [
        (Conditions(), True, True),
        (Conditions(to="list"), True, True),
        (Conditions(to="people"), False, False),
        (Conditions(subject_contains="SALARIES"), True, True),
        (Conditions(subject_starts="recall:"), False, True),
        (Conditions(subject_starts="salaries"), True, False),
        (Conditions(has_attachment=True), True, False),
        (Conditions(has_attachment=False), False, True),
        (Conditions(message_class="ipm.outlook.recall"), False, True),
        (Conditions(size_over=1_999_999), True, False),
        (Conditions(size_over=2_000_000), False, False),
        (Conditions(importance="high"), True, True),
        (Conditions(importance="low"), False, False),
        (Conditions(to="list", has_attachment=True), True, False),
    ],
)
def test_conditions_see_each_message_by_itself(conditions, original, request_):
    """R3, R4: whether both are taken follows from the conditions."""
    assert (conditions.match(ORIGINAL), conditions.match(ORIGINAL.recall_request())) == (original, request_)


def test_addresses_and_numbers_name_the_same_people():
    """Whoever has a number has an address, and back."""
    addresses = [PEOPLE.address_of(number) for number in range(1, 6)]
    assert addresses[2:4] == ["desk-3@contoso.example", "web-4@partner.example"]
    assert [PEOPLE.number_of(address) for address in addresses] == [1, 2, 3, 4, 5]
    assert PEOPLE.number_of("4") == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("6", "there is no recipient 6; there are 5"),
        ("0", "there is no recipient 0; there are 5"),
        ("bob", "'bob' is neither a recipient's number nor an address as desk-1@contoso.example"),
        (
            "web-3@contoso.example",
            "nobody has the address 'web-3@contoso.example'; addresses are written as desk-1@contoso.example",
        ),
    ],
)
def test_a_stranger_is_refused(text, message):
    """The message says what there is."""
    with pytest.raises(AddressError) as caught:
        PEOPLE.number_of(text)
    assert str(caught.value) == message
