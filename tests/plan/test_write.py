import hashlib
from pathlib import Path

import commission_opt
from commission_opt.plan.write import code_hash


def test_the_hash_of_the_code_is_over_the_whole_program() -> None:
    root = Path(str(commission_opt.__file__)).parent
    known = hashlib.sha256()
    files = (*root.rglob("*.py"), *root.glob("[a-z]*/*.csv"))
    for name in sorted(path.relative_to(root).as_posix() for path in files):
        known.update(name.encode() + (root / name).read_bytes().replace(b"\r\n", b"\n"))
    assert code_hash() == known.hexdigest()
