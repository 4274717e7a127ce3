"""Builds llama.cpp's server from the source that llama-cpp-python carries, into `.real-server/`.

    python tests/real_server/build.py

The one archive that is fetched comes from the package registry and is pinned by its hash; the server is built
without TLS, web pages and tests, so that it fetches nothing itself. Needs a C++ compiler; cmake is fetched
likewise where the path has none. About ten minutes on three cores.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".real-server"
SERVER = HOME / "llama-server"
GGUF = HOME / "gguf-py"
"""The module that writes model files, of the same archive."""
REQUIREMENT = ROOT / "requirements" / "real-server.txt"
_OPTIONS = (
    "CMAKE_BUILD_TYPE=Release", "BUILD_SHARED_LIBS=OFF", "GGML_OPENMP=OFF",
    "LLAMA_OPENSSL=OFF", "LLAMA_CURL=OFF", "LLAMA_BUILD_TESTS=OFF", "LLAMA_BUILD_EXAMPLES=OFF",
    "LLAMA_BUILD_APP=OFF", "LLAMA_BUILD_UI=OFF", "LLAMA_USE_PREBUILT_UI=OFF",
)  # fmt: skip


def build() -> Path:
    """The server's path; built where it is missing. Raises CalledProcessError where a tool fails."""
    if not shutil.which("c++"):
        sys.exit("a C++ compiler is needed to build the server (on Debian: apt install g++)")
    HOME.mkdir(exist_ok=True)
    source = _source()
    tree = HOME / "build"
    cmake = _cmake()
    settings = [f"-D{option}" for option in _OPTIONS]
    _run([cmake, "-S", str(source), "-B", str(tree), *settings])
    cores = max(1, (os.cpu_count() or 2) - 1)
    _run([cmake, "--build", str(tree), "--target", "llama-server", "--parallel", str(cores)])
    shutil.copytree(source / "gguf-py" / "gguf", GGUF / "gguf", dirs_exist_ok=True)
    shutil.copy2(tree / "bin" / "llama-server", SERVER)
    shutil.rmtree(tree)
    shutil.rmtree(HOME / "source")
    return SERVER


def _source() -> Path:
    """llama.cpp's tree, unpacked."""
    download = ["-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "--require-hashes"]
    _run([sys.executable, *download, "-r", str(REQUIREMENT), "-d", str(HOME)])
    archive = next(HOME.glob("llama_cpp_python-*.tar.gz"))
    with tarfile.open(archive) as packed:
        packed.extractall(HOME / "source", filter="data")
    archive.unlink()
    return next((HOME / "source").glob("*/vendor/llama.cpp"))


def _cmake() -> str:
    if found := shutil.which("cmake"):
        return found
    tools = HOME / "tools"
    _run([sys.executable, "-m", "venv", str(tools)])
    _run([str(tools / "bin" / "python"), "-m", "pip", "install", "--quiet", "cmake"])
    return str(tools / "bin" / "cmake")


def _run(words: Sequence[str]) -> None:
    subprocess.run(words, check=True)


if __name__ == "__main__":
    print(build())
