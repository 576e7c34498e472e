import pytest


@pytest.mark.parametrize(
    "words",
    [
        ("run", "small.yaml", "--replications", "2", "--report", "small.yaml"),
        ("run", "small.yaml", "--replications", "2", "--report", "other.sqlite"),
        ("report", "kept.sqlite", "-o", "kept.sqlite"),
        ("export", "kept.sqlite", "-o", "small.yaml"),
        ("export", "kept.sqlite", "-o", "kept.sqlite"),
        ("stress", "small.yaml", "--recipients", "10", "-o", "small.yaml"),
    ],
)
def test_an_answer_never_takes_the_place_of_what_is_put_in(command, small, words):
    """Scenarios and stores stay as they are, and the command says so before anything runs."""
    command.write(small)
    command("run", "small.yaml", "--replications", "2", "--store", "kept.sqlite")
    store = command.folder / "kept.sqlite"
    before = (command.folder / "small.yaml").read_bytes(), store.read_bytes()
    done = command(*words)
    assert (done.code, "would be taken for a scenario or a store; choose another ending" in done.err) == (
        2,
        True,
    )
    assert ((command.folder / "small.yaml").read_bytes(), store.read_bytes()) == before


def test_a_device_is_no_file_for_an_answer(command, small):
    """An answer is not written over what is no ordinary file."""
    command.write(small)
    done = command("run", "small.yaml", "--replications", "2", "--report", "/dev/null")
    assert (done.code, "/dev/null is no ordinary file" in done.err) == (2, True)
