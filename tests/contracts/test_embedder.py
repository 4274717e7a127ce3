"""One suite for the Embedder port: the hashed-bag double, all-MiniLM-L6-v2, a model in a folder, a server."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import erf
from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.embedding_server import EmbeddingServer
from tests.doubles.patience import PATIENCE

from cothemes.adapters.folder_embedder import FolderEmbedder, read_layout
from cothemes.adapters.minilm_graph import build_into, graph_path, read_safetensors
from cothemes.adapters.onnx_embedder import PROBE, PROBE_HEAD, OnnxEmbedder
from cothemes.adapters.onnx_texts import thread_count
from cothemes.adapters.server_embedder import ServerEmbedder
from cothemes.adapters.weights import TO_TYPE, WEIGHTS_HASH, Weights, check_hash, find_weights
from cothemes.errors import CothemesError, ModelError, SettingsError, StateConflict, WeightsMissing
from cothemes.ports import Embedder

SHORT = "The rota was changed."
LONG = "People who use services sat on the panel from the first day and wrote the brief with us. " * 6
MANY = [SHORT, LONG, "", "Nobody told us.", LONG * 4, "The rota was altered.", "Bananas are yellow."]


def real() -> OnnxEmbedder:
    try:
        return OnnxEmbedder.open()
    except WeightsMissing as missing:
        pytest.skip(f"no weights: {missing.hint}")


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model laid out as sentence-transformers does it."""
    source = real().source
    if source.is_graph:
        pytest.skip("a ready graph: nothing to build one from")
    folder = tmp_path_factory.mktemp("model") / "own-minilm"
    (folder / "onnx").mkdir(parents=True)
    (folder / "1_Pooling").mkdir()
    build_into(folder / "onnx" / "model.onnx", source.model)
    shutil.copy(source.tokenizer, folder / "tokenizer.json")
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}')
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 256}')
    (folder / "modules.json").write_text('[{"type": "sentence_transformers.models.Normalize"}]')
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddingServer]:
    with EmbeddingServer() as server:
        yield server


@pytest.fixture(scope="module", params=["double", "onnx", "folder", "server"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "folder":
        return FolderEmbedder(request.getfixturevalue("model_folder"))
    if request.param == "server":
        return ServerEmbedder("bag", request.getfixturevalue("server").url)
    return HashedBagEmbedder() if request.param == "double" else real()


def test_rows_have_length_one_in_the_order_given(embedder: Embedder) -> None:
    vectors = embedder.embed(MANY)
    assert vectors.shape == (len(MANY), embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(MANY)), abs=1e-5)
    for row, text in enumerate(MANY):
        assert embedder.embed([text])[0] == pytest.approx(vectors[row], abs=1e-5)


def test_order_of_texts_does_not_matter(embedder: Embedder) -> None:
    order = [3, 6, 0, 5, 1, 4, 2]
    assert embedder.embed([MANY[i] for i in order]) == pytest.approx(embedder.embed(MANY)[order], abs=1e-5)


def test_the_same_call_gives_the_same_bits(embedder: Embedder) -> None:
    assert np.array_equal(embedder.embed(MANY), embedder.embed(MANY))


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_progress_counts_every_text(embedder: Embedder) -> None:
    counted: list[int] = []
    embedder.embed(MANY, counted.append)
    assert sum(counted) == len(MANY)


def test_batch_size_does_not_matter() -> None:
    one, many = OnnxEmbedder(batch=1), OnnxEmbedder(batch=16)
    real()
    assert many.embed(MANY) == pytest.approx(one.embed(MANY), abs=1e-5)


def test_near_texts_are_nearer_than_far_ones() -> None:
    vectors = real().embed([SHORT, "The rota was altered.", "Bananas are yellow."])
    assert vectors[0] @ vectors[0] == pytest.approx(1.0, abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.7
    assert vectors[0] @ vectors[2] < 0.3


def test_a_fixed_text_has_its_fixed_vector() -> None:
    assert real().embed([PROBE])[0, :6] == pytest.approx(PROBE_HEAD, abs=2e-5)


def test_words_after_256_tokens_are_not_seen() -> None:
    start = "plan " * 300
    vectors = real().embed([start, start + "and something else altogether"])
    assert vectors[0] == pytest.approx(vectors[1], abs=1e-6)


def test_the_graph_computes_what_the_published_network_does() -> None:
    """BERT's forward pass (Devlin et al. 2019) written out in numpy at double precision, then pooled."""
    embedder = real()
    if embedder.source.is_graph:
        pytest.skip("a ready graph: no tensors to compare with")
    tensors = read_safetensors(embedder.source.model)
    for text in (SHORT, "People told the board, in their own words, what had gone wrong."):
        ids = embedder._texts.tokens.encode(text).ids
        mean = forward(tensors, ids).mean(axis=0)
        assert embedder.embed([text])[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def forward(tensors: dict[str, NDArray[Any]], ids: list[int]) -> NDArray[np.float64]:
    def dense(x: NDArray[Any], name: str) -> NDArray[Any]:
        return x @ tensors[f"{name}.weight"].T.astype(float) + tensors[f"{name}.bias"]

    def norm(x: NDArray[Any], name: str) -> NDArray[Any]:
        scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def embedding(kind: str) -> NDArray[Any]:
        return tensors[f"embeddings.{kind}_embeddings.weight"].astype(float)

    state = embedding("word")[ids] + embedding("position")[: len(ids)] + embedding("token_type")[0]
    state = norm(state, "embeddings.LayerNorm")
    for number in range(6):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            dense(state, f"{layer}.attention.self.{part}").reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        weights = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(32))
        weights /= weights.sum(-1, keepdims=True)
        seen = (weights @ value).transpose(1, 0, 2).reshape(len(ids), 384)
        output = f"{layer}.attention.output"
        state = norm(dense(seen, f"{output}.dense") + state, f"{output}.LayerNorm")
        inner = dense(state, f"{layer}.intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
        state = norm(dense(inner, f"{layer}.output.dense") + state, f"{layer}.output.LayerNorm")
    return state


def _embed_into(cache: str, results: Any) -> None:
    environment = {"COTHEMES_CACHE": cache, "COTHEMES_THREADS": "1"}
    try:
        results.put(OnnxEmbedder(environment=environment).embed([SHORT])[0, :3].tolist())
    except CothemesError as error:
        results.put(str(error))


def test_two_processes_may_build_the_graph_at_once(tmp_path: Path) -> None:
    if real().source.is_graph:
        pytest.skip("a ready graph: nothing is built")
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [context.Process(target=_embed_into, args=(str(tmp_path), results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    said = [results.get(timeout=PATIENCE) for _ in workers]
    for worker in workers:
        worker.join()
    assert said[0] == pytest.approx(said[1], abs=1e-6)
    assert [path.name for path in tmp_path.iterdir()] == [graph_path(WEIGHTS_HASH, tmp_path).name]


def test_a_broken_graph_in_the_cache_names_the_file_to_remove(tmp_path: Path) -> None:
    if real().source.is_graph:
        pytest.skip("a ready graph: nothing is built")
    graph = graph_path(WEIGHTS_HASH, tmp_path)
    graph.write_bytes(b"cut short")
    with pytest.raises(WeightsMissing, match="made anew") as caught:
        OnnxEmbedder(environment={"COTHEMES_CACHE": str(tmp_path)}).embed([SHORT])
    assert caught.value.where == str(graph)


def test_a_ready_graph_serves_when_it_answers_as_the_model_does(tmp_path: Path) -> None:
    source = real().source
    if source.is_graph:
        pytest.skip("a ready graph: nothing to build one from")
    build_into(tmp_path / "model.onnx", source.model)
    shutil.copy(source.tokenizer, tmp_path / "tokenizer.json")
    ready = OnnxEmbedder(Weights(tmp_path / "model.onnx", tmp_path / "tokenizer.json", "test"))
    assert ready.embed([SHORT]) == pytest.approx(real().embed([SHORT]), abs=1e-6)


def test_without_weights_it_says_where_it_looked_and_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.adapters.weights.PACKAGE", "no_such_package_here")
    with pytest.raises(WeightsMissing) as caught:
        find_weights({"COTHEMES_WEIGHTS": str(tmp_path / "mine")}, home=tmp_path)
    assert "no_such_package_here" in caught.value.message
    assert str(tmp_path / "mine") in caught.value.message
    assert ".cache/chroma" in caught.value.message
    assert TO_TYPE in caught.value.hint
    assert caught.value.exit_code == 6


def test_weights_are_found_in_the_named_folder_before_chromas_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.adapters.weights.PACKAGE", "no_such_package_here")
    cached = tmp_path / ".cache/chroma/onnx_models/all-MiniLM-L6-v2/onnx"
    for folder, name in ((tmp_path / "mine", "model.safetensors"), (cached, "model.onnx")):
        folder.mkdir(parents=True)
        (folder / name).touch()
        (folder / "tokenizer.json").touch()
    named = find_weights({"COTHEMES_WEIGHTS": str(tmp_path / "mine")}, home=tmp_path)
    assert named.model == tmp_path / "mine" / "model.safetensors"
    assert find_weights({}, home=tmp_path).model == cached / "model.onnx"


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(WeightsMissing, match="not the pinned file"):
        check_hash(tmp_path / "model.safetensors", WEIGHTS_HASH)


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, b"\x10" + b"\0" * 7 + b"{}"])
def test_what_is_no_safetensors_file_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a safetensors file"):
        read_safetensors(path)


def test_threads_come_from_the_environment_or_the_machine() -> None:
    assert thread_count({"COTHEMES_THREADS": "3"}) == 3
    assert thread_count({}) >= 1
    for wrong in ("0", "many", "-2"):
        with pytest.raises(SettingsError, match="COTHEMES_THREADS"):
            thread_count({"COTHEMES_THREADS": wrong})


def test_a_folder_gives_the_vectors_of_its_model(model_folder: Path) -> None:
    own = FolderEmbedder(model_folder)
    assert own.embed(MANY) == pytest.approx(real().embed(MANY), abs=1e-5)
    assert own.dimension == 384


def test_another_graph_or_another_way_of_pooling_has_another_name(model_folder: Path, tmp_path: Path) -> None:
    names = {FolderEmbedder(model_folder).name}
    for change in ("1_Pooling/config.json", "sentence_bert_config.json", "tokenizer.json"):
        folder = tmp_path / change.partition("/")[0] / model_folder.name
        shutil.copytree(model_folder, folder)
        file = folder / change
        text = file.read_text().replace("mean_tokens", "cls_token").replace("256", "128") + "\n"
        file.write_text(text)
        names.add(FolderEmbedder(folder).name)
    assert len(names) == 4


def test_first_token_pooling_is_taken_where_the_folder_says_so(model_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cls"
    shutil.copytree(model_folder, folder)
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert read_layout(folder).pooling == "cls"
    tensors = read_safetensors(real().source.model)
    ids = real()._texts.tokens.encode(SHORT).ids
    first = forward(tensors, ids)[0]
    assert FolderEmbedder(folder).embed([SHORT])[0] == pytest.approx(first / np.linalg.norm(first), abs=1e-5)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("tokenizer.json", None),
        ("onnx/model.onnx", None),
        ("onnx/model.onnx", b"cut short"),
        ("1_Pooling/config.json", b'{"pooling_mode_weightedmean_tokens": true}'),
        ("modules.json", b"{"),
    ],
)
def test_a_faulty_folder_names_the_file(
    model_folder: Path, tmp_path: Path, path: str, content: bytes | None
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    (folder / path).unlink() if content is None else (folder / path).write_bytes(content)
    with pytest.raises(WeightsMissing) as caught:
        FolderEmbedder(folder).embed([SHORT])
    assert str(folder) in caught.value.where
    assert caught.value.hint


def test_a_device_that_is_not_there_is_refused(model_folder: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        FolderEmbedder(model_folder, device="coreml").embed([SHORT])
    assert caught.value.where == "[embedding] device"


def test_a_server_is_sent_texts_in_portions_and_answers_out_of_order(server: EmbeddingServer) -> None:
    server.asked.clear()
    texts = [f"passage number {number}" for number in range(150)]
    vectors = ServerEmbedder("bag", server.url).embed(texts)
    assert vectors == pytest.approx(HashedBagEmbedder().embed(texts), abs=1e-6)
    assert [len(each["input"]) for each in server.asked] == [64, 64, 22]
    assert {each["model"] for each in server.asked} == {"bag"}


@pytest.mark.parametrize("address", ["https://api.openai.com/v1", "http://192.168.1.2:8080/v1"])
def test_an_embedder_on_another_machine_is_closed_and_named_otherwise(address: str) -> None:
    remote = ServerEmbedder("bag", address, "sk-canary")
    assert remote.name.endswith("pseudonyms.v1")
    assert "sk-canary" not in remote.name + remote.endpoint
    with pytest.raises(StateConflict):
        remote.embed([SHORT])
    with pytest.raises(ModelError):
        ServerEmbedder("bag", address).send(remote.body([SHORT]))


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        ServerEmbedder("bag", "nonsense")
    assert caught.value.where == "[embedding] base_url"


@pytest.mark.parametrize("reply", [{"data": []}, {"data": [{"index": 0, "embedding": ["x"]}]}, {}, []])
def test_an_unreadable_reply_of_a_server_is_an_error(reply: Any) -> None:
    with EmbeddingServer(reply) as server, pytest.raises(ModelError):
        ServerEmbedder("bag", server.url).embed([SHORT])
