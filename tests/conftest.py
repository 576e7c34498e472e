"""What all tests share: exact cases print what they found, wherever they ran; Ctrl-C means what it means at a prompt."""

import signal

PROPERTY = "exact case"


def pytest_configure():
    """Let children hear SIGINT even where a shell began all this in the background, and with it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter):
    """Print n, estimate, standard error and z of every exact case; workers hand them over as properties."""
    lines = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY and getattr(report, "when", "call") == "call"
    ]
    if lines:
        terminalreporter.section("exact cases")
        for line in sorted(lines):
            terminalreporter.write_line(line)


def pytest_collection_modifyitems(items):
    """The long proofs come first, so that two workers end together."""
    items.sort(key=lambda item: "validation" not in item.path.parts)
