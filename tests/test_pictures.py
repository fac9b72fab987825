"""A picture is whole to its last byte, or not taken."""

from __future__ import annotations

from pathlib import Path

from trial_runs import FIXTURES

from renderer.intake.pictures import whole_picture


def test_a_picture_that_is_cut_off_or_damaged_is_not_whole(tmp_path: Path) -> None:
    whole = (FIXTURES / "examples" / "seal.png").read_bytes()
    path = tmp_path / "seal.png"
    inside = range(0, len(whole) - 4, 97)  # the last bytes are a sum of nothing
    for end in inside:
        path.write_bytes(whole[:end])
        assert not whole_picture(path), end
    for place in inside:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not whole_picture(path), place
    path.write_bytes(whole)
    assert whole_picture(path)
