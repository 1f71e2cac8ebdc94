import errno
from pathlib import Path

import pytest

from commission_opt.errors import UsageError
from commission_opt.files.refusal import writing


@pytest.mark.parametrize("name", ["ENOSPC", "EROFS", "EACCES", "EIO", "ENOENT", "ENAMETOOLONG"])
def test_a_failure_is_one_sentence_that_names_the_target_and_what_to_do(name: str) -> None:
    with pytest.raises(UsageError) as raised, writing(Path("/there/plan")):
        raise OSError(getattr(errno, name), "as the system says it")
    said = str(raised.value)
    assert said.startswith("/there/plan cannot be written: ")
    assert "as the system says it" not in said
    assert any(word in said for word in ("choose", "make it again"))
    assert "\n" not in said


def test_an_unknown_failure_is_told_as_the_system_tells_it() -> None:
    with pytest.raises(UsageError, match="cannot be written: Text file busy"), writing(Path("x")):
        raise OSError(errno.ETXTBSY, "Text file busy")
    with pytest.raises(UsageError, match="cannot be written: of no number"), writing(Path("x")):
        raise OSError("of no number")


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), writing(Path("x")):
        raise KeyError("mine")
