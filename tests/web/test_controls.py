"""The sliders: what each sets, and that nothing else can be set."""

import pytest
import yaml

from recallsim.scenario import Draft, canonical, load
from recallsim.web.controls import RequestRefused, brought, controls, settings_for

OFFICE = "configs/office.yaml"


def test_the_sliders_of_a_scenario(one):
    """Time to notice, automatic share, phone share, system, hold, list size, load: each starts near the scenario."""
    found = {control.key: control for control in one.controls}
    at = {key: control.stops[control.start].value for key, control in found.items()}
    assert at == {
        "notices": "7min",
        "auto": "80",
        "phones": "30",
        "system": "outlook",
        "hold": "0s",
        "count": "20",
        "load-delivery": "30",
    }
    assert found["load-delivery"].own == "25 %"


def test_servers_without_other_mail_have_workers_instead():
    """In the office no other mail keeps the servers busy; how many mailboxes they fill at once can be varied."""
    found = {control.key: control for control in controls(load(OFFICE))}
    assert [key for key in found if key.startswith(("load", "workers"))] == ["workers"]
    workers = found["workers"]
    assert workers.stops[workers.start].settings == ("transport.delivery.workers=20",)


def test_the_systems_are_a_list(one):
    """Recall systems have no order: they are chosen, not slid along."""
    assert [control.key for control in one.controls if control.listed] == ["system"]


def test_a_stop_sets_what_the_command_line_would(one):
    """Settings are those of --set; the shares of groups still add up to 1."""
    chosen = {"notices": "1h", "auto": "0", "phones": "60", "load-delivery": "90"}
    assert settings_for(one.controls, chosen) == [
        "sender.notices=1h",
        "recipients.groups.desk.client.auto_process=0",
        "recipients.groups.desk.share=0.4",
        "recipients.groups.phone.share=0.6",
        "transport.delivery.background.rate=0.45/s",
    ]


@pytest.mark.parametrize(
    "chosen", [{"sender.hold": "5s"}, {"notices": "99y"}, {"hold": "5s; rm"}, {"notices": ""}], ids=str
)
def test_no_other_key_and_no_other_value(one, chosen):
    """A request names stops of sliders; anything else is refused."""
    with pytest.raises(RequestRefused):
        settings_for(one.controls, chosen)


def test_every_stop_of_every_slider_is_a_valid_scenario(one):
    """Whatever a slider stands at can be simulated."""
    for control in one.controls:
        for stop in control.stops:
            one.draft.scenario(stop.settings)


def test_names_that_paths_could_mistake_are_numbered():
    """A group whose name is no plain word is called by its place."""
    text = "recipients: {count: 4, groups: [{name: a b, client: {kind: outlook-desktop}}]}\n"
    (auto,) = [control for control in controls(load(text)) if control.key == "auto"]
    assert auto.stops[-1].settings == ("recipients.groups.0.client.auto_process=1",)


def test_a_draft_is_what_loading_gives(one, file):
    """Overrides on a draft make the scenario that `load` makes, and its text makes it again."""
    settings = ["sender.notices=3min", "recipients.count=7"]
    draft = Draft(str(file))
    loaded = canonical(load(str(file), settings))
    assert canonical(draft.scenario(settings)) == loaded
    assert canonical(load(draft.text(settings))) == loaded


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"system": "undo-send-gmail"}, {"hold": {"words": "5 s", "place": 1}}),
        ({"system": "undo-send-gmail", "hold": "30s"}, {}),
        ({"system": "none"}, {}),
    ],
    ids=["brought", "moved", "the same"],
)
def test_a_system_brings_its_hold(one, chosen, expected):
    """The slider of the hold, left alone, tells what the chosen system holds."""
    settings = settings_for(one.controls, chosen)
    assert brought(one.scenario, one.draft.scenario(settings), settings) == expected


def test_the_text_of_a_draft_names_what_it_leaves_out():
    """Neither questions nor the reports of a day are in it; what is null in the file was not there."""
    text = (
        "what_if: {later: {sender.notices: 1h}}\nsweep: null\nobserve: {at: 1h, reports: {success: 1}}\n"
        "recipients: {count: 4, groups: [{name: a, client: {kind: outlook-desktop}}]}\n"
    )
    draft = Draft(text)
    assert draft.left_out == ("what_if", "observe")
    assert set(yaml.safe_load(draft.text())) == {"name", "recipients"}
