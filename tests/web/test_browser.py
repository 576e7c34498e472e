"""The page and the report in a real browser."""

import shlex
import subprocess
import sys

import pytest

import recallsim
from recallsim.reporting.page.render import report

SERIOUS = {"serious", "critical"}


def _answer(page, act):
    """Does something and gives the answer that the page then shows."""
    page.evaluate(
        "() => { window.next = new Promise(ended => document.addEventListener("
        "'answered', event => ended(event.detail), { once: true })); }"
    )
    act()
    return page.evaluate("() => window.next")


def _move(page, key, to):
    """Moves a slider by the keyboard."""
    slider = page.locator(f"#slider-{key}")
    slider.focus()
    slider.press(to)


def _violations(page, axe):
    page.evaluate(axe)
    found = page.evaluate("axe.run()")
    return [
        (each["id"], each["nodes"][0]["html"]) for each in found["violations"] if each["impact"] in SERIOUS
    ]


def test_a_slider_changes_the_number_to_the_command_lines(opened, file):
    """The Home key moves the slider; what the page shows is what `recallsim run` answers for the same settings."""
    page = opened.page
    number = page.locator("tr[data-metric=unseen_success_rate] td").first
    answer = _answer(page, lambda: _move(page, "notices", "Home"))
    words = shlex.split(page.locator("#command").inner_text())
    settings = [words[at + 1] for at, word in enumerate(words) if word == "--set"]
    again = recallsim.run(str(file), seed=7, replications=20, overrides=settings, workers=1)
    found = again.estimate("unseen_success_rate")
    assert answer["estimates"]["unseen_success_rate"]["mean"] == found.mean
    assert number.inner_text().startswith(f"{100 * found.mean:.1f} %")


DRAG = """(places) => new Promise((ended) => {
  const slider = document.getElementById("slider-notices");
  const stops = window.whatIf.scenario().controls.find((each) => each.key === "notices").stops;
  const last = stops[places.at(-1)].value;
  document.addEventListener("numbers", ({ detail }) => {
    if (detail.asked.values.notices === last) ended({ last, ...detail.numbers });
  });
  for (const place of places) {
    slider.value = String(place);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }
})"""


def test_a_drag_ends_with_the_numbers_of_its_last_stop(opened, file):
    """Stops that a hand passes by are given up; what is shown, and kept in the address, is the last one."""
    page = opened.page
    numbers = page.evaluate(DRAG, [2, 3, 4, 5, 6])
    page.wait_for_url(lambda url: f"now.notices={numbers['last']}" in url)
    settings = [f"sender.notices={numbers['last']}"]
    again = recallsim.run(str(file), seed=7, replications=20, overrides=settings, workers=1)
    found = again.estimate("unseen_success_rate")
    assert numbers["estimates"]["unseen_success_rate"]["mean"] == found.mean
    shown = page.locator("tr[data-metric=unseen_success_rate] td").first
    assert shown.inner_text().startswith(f"{100 * found.mean:.1f} %")
    assert page.locator("#command").inner_text().count("--set") == 1


OVERTAKEN = """() => new Promise((ended) => {
  const { post, question, scenario } = window.whatIf;
  const slider = document.getElementById("slider-notices");
  const { stops } = scenario().controls.find((each) => each.key === "notices");
  document.addEventListener("numbers", ({ detail }) => ended([detail.asked.values.notices, stops[3].value]));
  slider.value = "3";
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  post("/estimate", { ...question(), values: { notices: stops[9].value }, ahead: true });
})"""


def test_a_question_that_one_ahead_has_overtaken_is_asked_again(opened):
    """A look ahead that reaches the server after a move, though it left before, costs the move no answer."""
    shown, wanted = opened.page.evaluate(OVERTAKEN)
    assert shown == wanted


def test_pinning_keeps_a_column(opened):
    """What was pinned stays beside what the sliders say, until it is unpinned."""
    page = opened.page
    _answer(page, lambda: _move(page, "auto", "Home"))
    pinned = _answer(page, lambda: page.click("#pin"))
    moved = _answer(page, lambda: _move(page, "hold", "End"))
    assert (moved["columns"], pinned["rows"][0]["cells"][0]) == (
        ["now", "base", "pinned"],
        moved["rows"][0]["cells"][2],
    )
    unpinned = _answer(page, lambda: page.click("#unpin"))
    assert unpinned["columns"] == ["now", "base"]


def test_a_link_brings_the_sliders_back(opened):
    """The address holds what the sliders stand at and what is pinned; a new page reads it."""
    page = opened.page
    _answer(page, lambda: _move(page, "notices", "Home"))
    _answer(page, lambda: page.click("#pin"))
    answer = _answer(page, lambda: _move(page, "auto", "Home"))
    page.click("#link")
    page.locator("#copied:has-text('copied')").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    other = opened.context.new_page()
    other.goto(link)
    other.locator("body[data-state=answered]").wait_for()
    numbers = other.locator("tr.lead td").all_inner_texts()
    assert other.locator("#slider-auto").get_attribute("aria-valuetext") == "0 %"
    assert numbers == [f"{cell['number']} {cell['spread']}" for cell in answer["rows"][0]["cells"]]


def test_the_copied_file_gives_the_numbers(opened):
    """Copy as YAML gives a scenario file that reproduces what is shown."""
    page = opened.page
    answer = _answer(page, lambda: _move(page, "notices", "Home"))
    page.click("#yaml")
    page.locator("#copied:has-text('copied')").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    result = recallsim.run(text, workers=1)
    for metric in ("unseen_success_rate", "seen_rate"):
        assert answer["estimates"][metric]["mean"] == result.estimate(metric).mean


def test_the_curves_have_the_base_behind_them_and_can_be_read(opened):
    """uPlot draws them; by the keyboard every time can be read, and the table has the same shares."""
    page = opened.page
    answer = _answer(page, lambda: _move(page, "notices", "Home"))
    assert page.locator("#plot canvas").count() == 1
    legend = page.locator("#curves-legend li").all_inner_texts()
    assert legend == [
        "not yet seen", "recall not yet decided", "not yet seen, base", "recall not yet decided, base",
    ]  # fmt: skip
    moment = page.locator("#curves-moment")
    moment.focus()
    moment.press("End")
    lines = {line["label"]: line["mean"][-1] for line in answer["curves"]["lines"]}
    words = page.locator("#curves-words").inner_text().replace("\u00a0", " ")
    assert words.startswith(f"After 1 d: not yet seen {100 * lines['not yet seen']:.1f} % (")
    assert words.endswith(
        f"recall not yet decided, base {100 * lines['recall not yet decided, base']:.1f} %."
    )
    page.click("#curves-table summary")
    page.locator("#curves-numbers tbody tr").last.wait_for()
    last = page.locator("#curves-numbers tbody tr").last.locator("th, td").all_inner_texts()
    assert last == answer["curves"]["rows"][-1]


def test_hostile_names_stay_text(opened):
    """Titles and file names that are markup are shown as they are written, and do nothing."""
    page = opened.page
    page.on("dialog", lambda dialog: opened.complaints.append(dialog.message))
    _answer(page, lambda: page.select_option("#scenario", index=1))
    page.click("#play")
    page.locator("#canvas").wait_for()
    assert "<img src=x onerror=alert(1)> [red] =cmd() ../x" in page.locator("#subtitle").inner_text()
    assert "(<b>hostile.yaml)" in page.locator("#scenario option").last.inner_text()
    assert "'<b>hostile.yaml'" in page.locator("#command").inner_text()
    assert (page.locator("main :is(img, b), header img").count(), opened.complaints) == (0, [])


def test_one_replication_is_played(opened):
    """Play shows the mailboxes; the moment's slider goes to the end, where everything is decided or open."""
    page = opened.page
    page.click("#play")
    page.locator("#canvas").wait_for()
    page.click("#play")
    moment = page.locator("#moment")
    moment.focus()
    moment.press("End")
    words = page.locator("#counts").inner_text()
    assert "20 have the message or had it" in words
    assert page.locator("#moment-words").inner_text() == "1 d 00:00:00 after Send"


def test_the_licence_of_what_draws_is_shown(opened):
    """The page names uPlot's licence and has its text."""
    opened.page.click("footer summary")
    assert "Permission is hereby granted" in opened.page.locator("footer pre").inner_text()


def test_nothing_leaves_the_machine_and_nobody_complains(opened, address):
    """All requests go to the page's own server; the console stays empty."""
    page = opened.page
    _answer(page, lambda: _move(page, "count", "ArrowRight"))
    page.click("#play")
    page.locator("#canvas").wait_for()
    own = address.split("/?")[0]
    assert ([url for url in opened.requests if not url.startswith(own)], opened.complaints) == ([], [])


def test_an_error_is_shown_and_goes_away(opened):
    """Too large a computation, on the agents, is refused in words; the next answer takes them away."""
    page = opened.page
    _answer(page, lambda: page.select_option("#slider-system", label="exchange-online"))
    _answer(page, lambda: _move(page, "count", "End"))
    page.click("#full")
    page.locator("#error:has-text('That would take about')").wait_for()
    _answer(page, lambda: page.click("#reset"))
    page.locator("#error").wait_for(state="hidden")


def test_a_server_that_is_gone_is_told(opened):
    """Where nobody answers, the page says so in words, at a slider as at a replication to be played; nothing is uncaught."""
    page = opened.page
    page.route("**/*", lambda route: route.abort())
    for act in (
        lambda: _move(page, "count", "ArrowRight"),
        lambda: page.click("#play"),
        lambda: page.click("#yaml"),
    ):
        page.evaluate("document.getElementById('error').hidden = true")
        act()
        page.locator("#error:has-text('does not answer')").wait_for()
    assert [each for each in opened.complaints if "Failed to load resource" not in each] == []


def test_the_page_has_no_serious_violation(opened, axe):
    """axe-core finds nothing serious, in light and in dark, wide and narrow."""
    page = opened.page
    page.click("#play")
    page.locator("#canvas").wait_for()
    page.click("#play")
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert (scheme, width, _violations(page, axe)) == (scheme, width, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_report_opens_without_a_request_and_without_a_violation(browser, axe, file, tmp_path):
    """The report is one file: the browser asks for nothing else; axe-core finds nothing serious in light or dark."""
    target = tmp_path / "report.html"
    target.write_text(report(recallsim.run(str(file), workers=1)), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(target.as_uri())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert (scheme, _violations(page, axe)) == (scheme, [])
    page.set_viewport_size({"width": 390, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert (asked, complaints, wide) == ([target.as_uri()], [], 390)


def test_a_run_in_another_terminal_appears_while_it_goes_on(opened, file):
    """The table of runs comes by itself and follows what is kept."""
    page, store = opened.page, file.parent / "results" / "elsewhere.sqlite"
    recallsim.run(str(file), seed=7, replications=20, workers=1, store=store)
    row = page.locator("#runs-rows tr", has_text="seed 7").first
    row.wait_for()
    assert row.locator("td").all_inner_texts()[::2] == ["20", "complete"]
    recallsim.run(str(file), seed=7, replications=40, workers=1, store=store)
    page.locator("#runs-rows td", has_text="40").first.wait_for()
    assert opened.complaints == []


NARROW = {"width": 390, "height": 844}
PICTURES = """() => [...document.querySelectorAll('.scroll')].filter(each => each.querySelector(':scope > .picture'))
  .map(each => [each.scrollWidth > each.clientWidth, getComputedStyle(each, '::before').display !== 'none'])"""

BROKEN = """() => [...document.querySelectorAll('.texts th, .texts td')].filter(each => {
  const range = document.createRange();
  range.selectNodeContents(each);
  return range.getClientRects().length > each.textContent.split(' ').length;
}).map(each => each.textContent)"""


@pytest.mark.parametrize("height", [680, 900])
def test_the_buttons_are_seen_without_scrolling(opened, height):
    """They keep to the bottom of their panel, and what they say is seen whole."""
    page = opened.page
    page.set_viewport_size({"width": 1280, "height": height})
    page.click("#yaml")
    page.locator("#copied:has-text('copied')").wait_for()
    panel = page.locator("#controls").bounding_box()
    ends = [page.locator(f"#{name}").bounding_box() for name in ("pin", "reset", "link", "yaml", "copied")]
    bottom = min(height, panel["y"] + panel["height"])
    assert [end for end in ends if end["y"] < 0 or end["y"] + end["height"] > bottom] == []


def test_a_picture_that_goes_on_to_the_right_says_so(opened):
    """On a telephone pictures scroll in their frames below a line that says it; on a desk they fit, without a line."""
    page = opened.page
    assert set(map(tuple, page.evaluate(PICTURES))) == {(False, False)}
    page.set_viewport_size(NARROW)
    assert set(map(tuple, page.evaluate(PICTURES))) == {(True, True)}


def test_the_runs_fit_a_telephone(opened, file):
    """Every column of the table of runs lies within the screen."""
    page = opened.page
    recallsim.run(
        str(file), seed=8, replications=20, workers=1, store=file.parent / "results" / "narrow.sqlite"
    )
    page.set_viewport_size(NARROW)
    page.locator("#runs-rows tr", has_text="seed 8").first.wait_for()
    wide = page.evaluate(
        "(() => { const each = document.querySelector('#runs .scroll'); return each.scrollWidth - each.clientWidth; })()"
    )
    assert wide == 0


def test_a_trace_can_be_read_on_a_telephone(browser, file, tmp_path):
    """The diagram scrolls in its frame and says so; no word of the table is broken in the middle."""
    target = tmp_path / "why.html"
    # In a process of its own: playwright keeps a loop running in this one.
    command = [
        sys.executable,
        "-m",
        "recallsim",
        "trace",
        str(file),
        "--recipient",
        "1",
        "--view",
        str(target),
    ]
    subprocess.run(command, check=True, capture_output=True)
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    page.goto(target.as_uri())
    page.evaluate("document.querySelector('details').open = true")
    broken = page.evaluate(BROKEN)
    pictures = page.evaluate(PICTURES)
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert (broken, pictures, wide) == ([], [[True, True]], 390)
