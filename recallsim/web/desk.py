"""Who asks for what, and what is computed next: each answer once, and of each client's questions the newest."""

import asyncio
import itertools
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final, NamedTuple, TypeVar

from recallsim.web.estimating import Answer, Listed, Question, answer, question
from recallsim.web.simulating import Progress, Superseded
from recallsim.web.views import so_far_of
from recallsim.web.warming import Warming

_CLIENTS: Final = 64
_TELLS_EVERY: Final = 0.15  # seconds: most answers are there before there is anything to tell
_KEPT: Final = 128
_ENDED: Final = object()
_Key = tuple[str, tuple[str, ...], int]
_K = TypeVar("_K")
_V = TypeVar("_V")


class Early(NamedTuple):
    """What is known of an answer before its curves and pictures.

    Attributes:
        answers: in the order of the questions; the first has the estimates of all recipients together alone.
    """

    answers: list[Answer]


class _Computation:
    """An answer that is being computed, and those who wait for it."""

    def __init__(self, asked: Question) -> None:
        self.asked = asked
        self.waiting: list[tuple[str, int, asyncio.Queue[Any]]] = []
        self.error: Exception | None = None

    def let_go(self, client: str, number: int) -> None:
        """Lets those go who asked for a client before its question of this number."""
        for whose, earlier, told in self.waiting:
            if whose == client and earlier < number:
                told.put_nowait(_ENDED)

    def tell(self, item: object) -> None:
        for _, _, told in self.waiting:
            told.put_nowait(item)


class Desk:
    """Takes in questions: one at a time is computed, and of each client the newest wins.

    A newer question that is the very one being computed waits for it, whoever asked first; any other ends it.

    Args:
        scenarios: those that the page offers, by key.
        warming: how far the batch engine is.
    """

    def __init__(self, scenarios: Mapping[str, Listed], warming: Warming) -> None:
        self.scenarios = scenarios
        self.warming = warming
        self._numbers = itertools.count(1)
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._busy = asyncio.Lock()
        self._computed: dict[_Key, tuple[_Computation, asyncio.Task[None]]] = {}
        self._answers: OrderedDict[_Key, Answer] = OrderedDict()
        self._questions: OrderedDict[tuple[object, ...], Question] = OrderedDict()

    def comes(self, client: str, known: Question | None = None) -> int:
        """Gives a question its number; earlier ones of its client are void, unless it is the one that is computed.

        Args:
            client: who asks.
            known: the question, if it was drawn up before.
        """
        number = next(self._numbers)
        if not any(computation.asked is known for computation, _ in self._computed.values()):
            self._void(client, number)
        return number

    def wanted(self, client: str, number: int) -> bool:
        """Whether a client still waits for the answer to its question of this number."""
        return self._newest.get(client, 0) <= number

    def known(self, key: str, chosen: Mapping[str, str], full: bool) -> Question | None:
        """Gives a question as it was drawn up before, None where it was not."""
        return self._questions.get(self._place(key, chosen, full))

    def question(self, key: str, chosen: Mapping[str, str], full: bool) -> Question:
        """Draws a question up, or gives it as it was drawn up before.

        Raises:
            RequestRefused: there is no such slider or stop, or it would take too long.
            ScenarioError: the scenario does not go with these settings.
        """
        place = self._place(key, chosen, full)
        found = self._questions.get(place)
        if found is None:
            found = question(self.scenarios[key], chosen, full=full, wanting=self.warming.wanting)
            _keep(self._questions, place, found, _KEPT)
        return found

    def _place(self, key: str, chosen: Mapping[str, str], full: bool) -> tuple[object, ...]:
        return key, tuple(sorted(chosen.items())), full, self.warming.wanting

    def _void(self, client: str, number: int) -> None:
        """Nobody waits any more for what a client has asked before its question of this number."""
        _keep(self._newest, client, max(number, self._newest.get(client, 0)), _CLIENTS)
        for computation, _ in self._computed.values():
            computation.let_go(client, number)

    async def answers(
        self, client: str, number: int, questions: Sequence[Question]
    ) -> AsyncIterator["dict[str, Any] | Early | list[Answer]"]:
        """Answers several questions, the first of them last; progress comes first, the answers at the end.

        From now on earlier questions of the client are void in any case.

        Raises:
            Superseded: the client has asked anew.
        """
        self._void(client, number)
        keys = [(asked.listed.key, asked.settings, asked.replications) for asked in questions]
        parts = len({*keys} - self._answers.keys())
        part, found = 0, list[Answer]()
        for key, asked in zip(reversed(keys), reversed(questions), strict=True):
            part += key not in self._answers
            while (kept := self._answers.get(key)) is None:
                async with aclosing(self._heard(client, number, key, asked)) as heard:
                    async for told in heard:
                        if isinstance(told, Progress):
                            so_far = None if told.so_far is None else so_far_of(told.so_far)
                            far = {"done": told.done, "of": asked.replications, "part": part, "parts": parts}
                            yield far | {"so_far": so_far}
                        elif len(found) == len(questions) - 1:
                            yield Early([told, *reversed(found)])
            found.append(kept)
        yield found[::-1]

    async def _heard(
        self, client: str, number: int, key: _Key, asked: Question
    ) -> AsyncGenerator[Progress | Answer]:
        """Gives what is told of an answer while it is computed; ends when it is there, or may be asked for again."""
        if not self.wanted(client, number):
            raise Superseded
        if key not in self._computed:
            begun = _Computation(asked)
            self._computed[key] = begun, asyncio.create_task(self._compute(key, begun))
        computation, _ = self._computed[key]
        told: asyncio.Queue[Any] = asyncio.Queue()
        place = (client, number, told)
        computation.waiting.append(place)
        try:
            while (item := await told.get()) is not _ENDED:
                yield item
        finally:  # where nobody waits any more, the thread ends after the piece that it is at
            computation.waiting.remove(place)
        if computation.error is not None and not isinstance(computation.error, Superseded):
            raise computation.error

    async def _compute(self, key: _Key, computation: _Computation) -> None:
        loop = asyncio.get_running_loop()
        last = time.monotonic()

        def still_wanted() -> bool:
            return any(self.wanted(client, number) for client, number, _ in [*computation.waiting])

        def going_on(progress: Progress) -> bool:
            nonlocal last
            now = time.monotonic()
            if now - last >= _TELLS_EVERY:
                last = now
                loop.call_soon_threadsafe(computation.tell, progress)
            return still_wanted()

        def early(told: Answer) -> None:
            loop.call_soon_threadsafe(computation.tell, told)

        try:
            async with self._busy:
                if still_wanted():
                    _keep(
                        self._answers,
                        key,
                        await asyncio.to_thread(answer, computation.asked, going_on, early),
                        _KEPT,
                    )
        except Exception as error:
            computation.error = error
        finally:
            del self._computed[key]
            computation.tell(_ENDED)


def _keep(kept: "OrderedDict[_K, _V]", key: _K, value: _V, most: int) -> None:
    """Puts something to the newest of what is kept, and lets go of the oldest."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
