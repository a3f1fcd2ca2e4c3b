"""The short form of `make chaos`: people write while processes, stores and networks are broken, and nothing is lost."""

from benchmarks.chaos import played


async def test_nothing_is_lost_nor_doubled_whatever_breaks() -> None:
    found = await played(seconds=12, residents=6, messages=5, seed=7)
    assert found["wrong"] == []
    assert found["said"] == 30
    assert found["replies"] == found["tickets"] == 6
