"""Whether the files of others that we ship are the ones we took in: ``python -m saiban.ui.vendored
[folder …]``.
"""

import hashlib
import sys
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "vendor"


def faults(folder: Path = FOLDER) -> list[str]:
    """Compare each file under a folder with ``vendor.toml``; return one sentence per fault, none if all
    is well.

    A file that is missing, that differs, or that no entry names, is a fault; so is a package without a
    licence.
    """
    named: dict[Path, str] = {}
    for package in tomllib.loads((folder / "vendor.toml").read_text(encoding="utf-8"))["package"]:
        base = folder / f"{package['name']}-{package['version']}"
        named |= {base / name: digest for name, digest in package["sha256"].items()}
        named.setdefault(base / "LICENSE", "a licence is needed")
    found = {path for path in folder.rglob("*") if path.is_file() and path.name != "vendor.toml"}
    sentences = [
        f"{path.relative_to(folder)} stands in no entry of vendor.toml" for path in found - set(named)
    ]
    sentences += [f"{path.relative_to(folder)} is missing" for path in set(named) - found]
    sentences += [
        f"{path.relative_to(folder)} differs" for path in found & set(named) if _digest(path) != named[path]
    ]
    return sorted(sentences)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(folders: list[str]) -> int:
    """Print the faults of the folders (ours when none is named); 0 if there are none."""
    sentences = [
        f"{folder}: {fault}" for folder in [Path(f) for f in folders] or [FOLDER] for fault in faults(folder)
    ]
    sys.stdout.write("\n".join(sentences) + "\n" if sentences else "vendored files: all as taken in\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
