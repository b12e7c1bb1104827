"""Targets are judged on what a bench prints: within it and equal, or not met."""

import pytest
from click.testing import CliRunner

from saiban.bench import targets
from saiban.config.cli.bench import bench
from saiban.data.errors import BadInput


def of(name: str) -> targets.Target:
    return next(target for target in targets.TARGETS if target.bench == name)


@pytest.mark.parametrize(
    ("printed", "met"),
    [
        ({"ratio": 0.12, "equal": True}, True),
        ({"ratio": 0.121, "equal": True}, False),
        ({"ratio": 0.05, "equal": False}, False),
        (None, False),
    ],
)
def test_a_target_is_met_within_it_and_with_equal_results(
    printed: dict[str, object] | None, met: bool
) -> None:
    assert targets.Judged(of("refresh"), printed).met is met


def test_each_bench_runs_once_and_a_look_is_for_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    def run(name: str, size: int) -> dict[str, object]:
        ran.append((name, size))
        figures = {target.figure: target.most for target in targets.TARGETS if target.bench == name}
        return figures | {"equal": True, "size": size}

    monkeypatch.setattr(targets, "_run", run)
    result = CliRunner().invoke(bench, ["targets", "--size", "2000"], catch_exceptions=False)
    assert result.exit_code == 0
    assert [name for name, _size in ran] == list(dict.fromkeys(target.bench for target in targets.TARGETS))
    assert dict(ran)["lookup"] == 12_000
    monkeypatch.setattr(targets, "_run", lambda name, size: None)
    missed = CliRunner().invoke(bench, ["targets", "--size", "2000", "--only", "score"])
    assert (missed.exit_code, "NO RESULT" in missed.output) == (1, True)


def test_a_bench_without_a_target_is_named() -> None:
    with pytest.raises(BadInput, match="nonsense"):
        CliRunner().invoke(bench, ["targets", "--only", "nonsense"], catch_exceptions=False)


def test_what_a_bench_prints_has_the_figures_of_its_targets() -> None:
    judged = list(targets.measure(3000, only=["score"]))
    assert [one.target.figure for one in judged] == ["ratio", "float_ratio"]
    assert all(one.measured and one.measured["equal"] and one.figure for one in judged)
