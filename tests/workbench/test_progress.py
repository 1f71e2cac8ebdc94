"""Progress is read as the command line prints it."""

from pathlib import Path

from commission_opt.cli.progress import line
from commission_opt.solvers.status import Watch
from commission_opt.workbench.progress import ProgressPoint, points_of, progress, tail


def test_a_line_of_progress_is_read_back() -> None:
    watch = Watch(phase="shortfall: whole places")
    watch.best, watch.bound, watch.unit = 1_234_567.25, 1_234_000.5, 2.0
    [found] = points_of(line(watch))
    assert (found.phase, found.best, found.bound) == (watch.phase, 2_469_134.5, 2_468_001.0)
    assert found.gap == 0.046
    nothing = Watch(phase="reading and checking")
    assert points_of(line(nothing)) == [ProgressPoint("reading and checking", 0.0)]
    nothing.bound = -5.0
    assert points_of(line(nothing)) == [ProgressPoint("reading and checking", 0.0, bound=-5.0)]


def test_what_is_no_progress_is_passed_over() -> None:
    said = "plan written in 9.3 s\n\nnot meant: a · b\n phase · 3 s\nx · best plan ? · 1 s"
    assert [point.phase for point in points_of(said)] == ["phase", "x"]


def test_only_the_end_of_a_long_output_is_read(tmp_path: Path) -> None:
    file = tmp_path / "stderr"
    assert progress(file) == []
    file.write_text("a · 1 s\n" * 5 + "é" * 20 + "\nb · 2 s\n", "utf-8")
    assert tail(file, 12).strip() == "b · 2 s"
    assert [point.seconds for point in progress(file)] == [1.0] * 5 + [2.0]
