"""What a busy machine did not give is taken off, and nothing besides."""

from __future__ import annotations

from grader.run.stopwatch import Stopwatch

MS = 1_000_000


class Run:
    """A clock and threads, for a stopwatch that is looked at every 20 ms."""

    def __init__(self) -> None:
        self.now = 5 * MS
        self.delays: dict[tuple[int, int], int] = {}
        self.watch = Stopwatch(lambda: self.now, lambda: dict(self.delays))

    def had_after(self, ms: int, *threads: int, of: int = 20) -> int:
        """Time had, in ms, when these threads have waited `of` ms in every 20 ms."""
        had = self.watch.had()
        for _ in range(ms // 20):
            self.now += 20 * MS
            for thread in threads:
                key = thread, thread
                self.delays[key] = self.delays.get(key, 0) + of * MS
            had = self.watch.had()
        return had // MS


def test_a_program_that_is_never_kept_waiting_has_had_all_the_time() -> None:
    run = Run()
    assert run.had_after(4000) == 4000
    assert run.watch.passed() == 4000 * MS


def test_waiting_for_a_cpu_is_taken_off() -> None:
    run = Run()
    assert run.had_after(4000, 7, of=15) == 1000


def test_what_ended_threads_have_waited_stays_taken_off() -> None:
    run = Run()
    assert run.had_after(1000, 7, of=15) == 250
    run.delays.clear()
    assert run.had_after(1000, 8, of=15) == 500


def test_a_number_that_is_used_again_gives_no_time_back() -> None:
    run = Run()
    assert run.had_after(1000, 7, of=10) == 500
    run.delays[7, 7] = 0
    assert run.had_after(1000, 8, of=10) == 1000


def test_threads_that_wait_for_each_other_save_nothing_up() -> None:
    run = Run()
    assert run.had_after(1000, *range(60)) == 0
    assert run.had_after(4000) == 4000


def test_our_own_delay_is_taken_off() -> None:
    run = Run()
    run.now += 3100 * MS
    assert run.watch.had() == 100 * MS
    run.now += 100 * MS
    assert run.watch.had() == 200 * MS
