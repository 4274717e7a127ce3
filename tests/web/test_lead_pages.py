"""Pages of the lead: the figures of the reports, and forms that store only what was looked at."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest
from fastapi.testclient import TestClient
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.receiver import receiver
from tests.doubles.served import PASSWORD, Served, csrf
from tests.doubles.webhook_study import webhook_study
from tests.web.test_pages import HOSTILE, Browser, check

from cothemes.app import wiring
from cothemes.app.codebook.operations import split_code
from cothemes.app.events.deliveries import send_due
from cothemes.app.events.endpoints import endpoint_of
from cothemes.app.events.outbox import begin, collect
from cothemes.app.figures.agreement import study_agreement
from cothemes.app.review.review import Desk
from cothemes.app.routing.route import route
from cothemes.app.study import Study
from cothemes.presentation.pages import page_as_read
from cothemes.records.access import AccessKind
from cothemes.records.numbers import coefficient_interval
from cothemes.records.review import Action, Arm
from cothemes.records.user import UserRole
from cothemes.stages.evaluate.agreement.selection import ArmChoice, Request
from cothemes.web import uploads
from cothemes.web.uploads import Uploads

PATHS = (
    "/overview", "/documents", "/documents/speakers", "/codebook", "/codebook/history", "/routing", "/runs",
    "/agreement", "/disagreements", "/report", "/people",
)  # fmt: skip
LEADS_ALONE = ("/overview", "/documents/speakers", "/routing", "/runs", "/people")
TRANSCRIPT = b"Interviewer: What helped?\nMo: We met every week, and that made the work easier.\n"


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    propose(made)
    yield made
    made.close()


@pytest.fixture
def served(study: Study) -> Served:
    return Served(study)


@pytest.fixture
def lea(served: Served) -> Browser:
    return Browser(served.browser("lea", UserRole.LEAD))


def test_what_waits_for_a_later_attempt_can_be_sent_again_from_the_page(tmp_path: Path) -> None:
    with receiver() as there:
        study = webhook_study(tmp_path, there.address)
        lea = Browser(Served(study).browser("lea", UserRole.LEAD))
        there.answers = [500]
        begin(study)
        propose(study)
        collect(study)
        send_due(study, endpoint_of(study, "team"), wiring.WebhookPost())
        before = len(there.received)
        page = lea.open("/webhooks")
        assert 'action="/webhooks/retry"' in page
        lea.send("/webhooks/retry", endpoint="team")
        assert len(there.received) == before + 1
        assert there.received[-1].id == there.received[0].id
        study.close()


def coded(study: Study) -> None:
    """Two people agree on one passage and differ on another."""
    for name in ("ann", "bob"):
        assign(study, name, {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.BLIND, "talk-2.0002": Arm.BLIND})
        desk = Desk(study, name)
        for passage, code in (
            ("talk-1.0002", "A1"),
            ("talk-1.0004", "A2" if name == "ann" else "B1"),
            ("talk-2.0002", "A1"),
        ):
            desk.done(desk.decide(desk.card(passage), code, Action.ADD, note=f"Note by {name}."))


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_sound_before_anything_was_done_and_after(lea: Browser, study: Study, path: str) -> None:
    check(lea.open(path))
    coded(study)
    check(lea.open(path))


def test_pages_are_for_those_who_may_read_the_report(served: Served) -> None:
    reader, reviewer = (served.browser(role.value, role) for role in (UserRole.READER, UserRole.REVIEWER))
    for path in PATHS:
        assert reader.get(path).status_code == (403 if path in LEADS_ALONE else 200), path
        assert reviewer.get(path).status_code == (200 if path == "/codebook" else 403), path
    assert "/people" not in reviewer.get("/").text
    assert 'type="file"' not in reader.get("/documents").text


def test_agreement_is_that_of_the_report(lea: Browser, study: Study) -> None:
    coded(study)
    table = study_agreement(study, Request())
    text = lea.open("/agreement")
    for code in table.codes:
        assert coefficient_interval(code.alpha, mark=code.alpha.mark) in text
    assert coefficient_interval(table.overall.macro_alpha_interval) in text
    assert not re.search(r"\b(good|excellent|substantial|acceptable|poor)\b", text, re.IGNORECASE)


def test_codes_without_an_alpha_are_below_with_their_reason(lea: Browser, study: Study) -> None:
    book = study.codebook_path
    never = "  - id: Z9\n    label: Never given\n    definition: Never.\n"
    book.write_text(book.read_text("utf-8") + never, "utf-8")
    study.reread_codebook()
    coded(study)
    table = study_agreement(study, Request())
    text = lea.open("/agreement")
    above, folded, below = text.partition('<details class="without">')
    assert folded
    folded = below.partition("</details>")[0]
    for code in table.codes:
        row = f'<th scope="row">{code.code} '
        assert (row in above, row in folded) == (code.alpha.value is not None, code.alpha.value is None)
    reasons = [each.alpha.reason for each in table.codes if each.alpha.value is None]
    assert reasons
    assert all(f"{reason} ({reasons.count(reason)})" in folded for reason in reasons)


def test_before_anything_is_coded_pages_say_what_to_do(lea: Browser, study: Study) -> None:
    for path in ("/agreement", "/disagreements", "/adjudication"):
        text = lea.open(path)
        assert 'href="/routing">Assign passages' in text, "what to do"
        assert 'role="alert"' not in text, "nothing went wrong"
    assert 'role="alert"' in lea.open("/agreement?round=r9"), "a round that is none"
    for name in ("ann", "bob"):
        assign(study, name, {"talk-1.0002": Arm.ASSISTED})
        desk = Desk(study, name)
        desk.done(desk.decide(desk.card("talk-1.0002"), "A1", Action.ADD))
    assert 'role="alert"' in lea.open("/agreement"), "another arm has codings"
    assert 'role="alert"' in lea.open("/disagreements?round=r9")


def test_disagreements_name_the_passage_and_who_gave_what(lea: Browser, study: Study) -> None:
    coded(study)
    text = lea.open("/disagreements")
    assert "talk-1.0004" in text
    assert "talk-1.0002</h2>" not in text
    assert "Note by ann." in text
    assert "Nothing was coded differently" in lea.open("/disagreements?document=talk-2")


def test_ids_of_the_records_are_not_shown(lea: Browser, study: Study) -> None:
    coded(study)
    split_code(study, "A2", ["A2", "X"], within=False, by="ann")
    seen = 0
    for path in (*PATHS, "/report/page", "/adjudication"):
        text = lea.client.get(path).text
        words = " ".join(re.split(r"<[^<>]*>", text))
        assert "A2~" not in words, path
        seen += "A2 (split)" in words
    assert seen >= 3


def test_only_the_words_of_a_page_are_read_anew() -> None:
    page = '<button value="reject:A2~1">A2~1, A2~12</button>'
    assert page_as_read(page, {"A2~1": "A2 (split)"}) == (
        '<button value="reject:A2~1">A2 (split), A2~12</button>'
    )


def test_a_person_is_invited_and_the_link_is_shown_once(served: Served, lea: Browser) -> None:
    lea.open("/people")
    text = lea.send("/people", name="Zoë", role=["reviewer", "reader"])
    link = re.search(r'value="(http[^"]+/invite/[^"]+)"', text)
    assert link
    check(text)
    assert "/invite/" not in lea.open("/people")
    zoe = served.client()
    assert zoe.post(link[1], data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert zoe.get("/review").status_code == 200
    assert served.study.store.users.get("Zoë").roles == (UserRole.REVIEWER, UserRole.READER)  # type: ignore[union-attr]
    lea.open("/people")
    lea.send("/people/revoke", name="Zoë")
    assert zoe.get("/review").headers["location"] == "/login?next=%2Freview"


def test_nobody_shuts_themselves_out(lea: Browser) -> None:
    for path, fields in (("/people/revoke", {}), ("/people", {"role": "reader"})):
        answer = lea.client.post(path, data={"csrf": csrf(lea.client, "/people"), "name": "lea", **fields})
        assert answer.status_code == 400
    assert lea.client.get("/people").status_code == 200


def test_an_invitation_that_cannot_be_made_keeps_what_was_typed(lea: Browser) -> None:
    data = {"csrf": csrf(lea.client, "/people"), "name": "x@y", "role": "reader"}
    answer = lea.client.post("/people", data=data)
    assert answer.status_code == 400
    assert 'value="x@y"' in answer.text
    check(answer.text)


def test_a_draw_is_stored_as_it_was_shown(lea: Browser, study: Study) -> None:
    fields = {
        "csrf": csrf(lea.client),
        "reviewer": ["ann", "bob"],
        "overlap": "50",
        "blind": "20",
        "round": "r2",
    }
    expected = route(study, ["ann", "bob"], overlap=0.5, blind=0.2, round_name="r2", dry_run=True).assignments
    shown = lea.client.post("/routing", data={**fields, "do": "look"})
    check(shown.text)
    assert study.store.reviews.assignments(every=True) == []
    assert f"Assign {len({each.passage for each in expected})} passages" in shown.text
    # The button has a form of its own: what was typed after the look is not stored with it.
    form = shown.text.partition('class="preview"')[2].partition("<form")[2].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(value)
    assert sent["do"] == ["store"]
    assert 'class="next"' not in shown.text
    lea.client.post("/routing", data=sent)
    assert 'class="next"' in lea.open("/routing")
    stored = {(a.reviewer, a.passage, a.arm) for a in study.store.reviews.assignments(every=True)}
    assert stored == {(a.reviewer, a.passage, a.arm) for a in expected}


@pytest.mark.parametrize(
    "wrong", [{"overlap": "120"}, {"blind": "many"}, {"reviewer": []}, {"reviewer": "zed"}]
)
def test_a_draw_that_cannot_be_made_is_refused(lea: Browser, study: Study, wrong: dict[str, object]) -> None:
    data = {"csrf": csrf(lea.client), "reviewer": ["ann"], "do": "store", **wrong}
    answer = lea.client.post("/routing", data=data)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert study.store.reviews.assignments(every=True) == []


def test_a_refused_share_is_named_by_its_label(lea: Browser) -> None:
    data = {"csrf": csrf(lea.client), "reviewer": ["ann"], "do": "look", "overlap": "abc"}
    answer = lea.client.post("/routing", data=data)
    alert = re.search(r'role="alert">([^<]+)<', answer.text)
    label = re.search(r'<label for="overlap">([^<]+), in percent<', answer.text)
    assert alert
    assert label
    assert label[1] in alert[1]


def test_every_entry_of_the_start_page_says_what_it_is_for(lea: Browser) -> None:
    lea.open("/")
    places = re.findall(r'<li><a href="(/[^"]+)">[^<]+</a>(.*)</li>', lea.text.partition('class="places"')[2])
    assert "/webhooks" in dict(places)
    assert all('class="note"' in rest for _, rest in places)


def test_roles_are_called_as_in_the_invitation(lea: Browser, study: Study) -> None:
    coded(study)
    assert "<td>reviewer</td>" in lea.open("/overview")
    assert "<td>coder</td>" not in lea.text
    assert "checked" not in lea.open("/people")


def test_every_choice_of_decisions_is_explained(lea: Browser) -> None:
    offered = re.findall(r'<option value="(\w+)"', lea.open("/agreement"))
    explained = lea.text.partition('id="arms-note"')[2].partition("</p>")[0]
    assert offered == list(get_args(ArmChoice)) == re.findall(r"<b>(\w+)</b>: \w", explained)


def test_an_address_without_a_page_says_so(lea: Browser) -> None:
    answer = lea.client.get("/nowhere")
    assert answer.status_code == 404
    alert = re.search(r'role="alert">([^<]+)<', answer.text)
    assert alert
    assert "address" in alert[1]


def send(client: TestClient, *files: tuple[str, bytes], kind: str = "") -> str:
    answer = client.post(
        "/documents/check",
        data={"csrf": csrf(client), "kind": kind},
        files=[("file", file) for file in files],
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def store(client: TestClient, shown: str, do: str = "store", **fields: str) -> int:
    folder = re.search(r'name="folder" value="([^"]+)"', shown)
    assert folder
    fields = {"csrf": csrf(client), "folder": folder[1], "do": do, **fields}
    return client.post("/documents/store", data=fields).status_code


def test_only_the_files_that_the_page_showed_are_stored(lea: Browser, study: Study) -> None:
    first = send(lea.client, ("one.txt", TRANSCRIPT))
    second = send(lea.client, ("two.txt", TRANSCRIPT.replace(b"week", b"month")))
    assert store(lea.client, first) == 400
    assert store(lea.client, second) == 303
    slugs = {head.slug for head in study.store.documents.heads()}
    assert "two" in slugs
    assert "one" not in slugs


def test_documents_are_looked_at_and_then_stored(lea: Browser, study: Study) -> None:
    text = send(lea.client, ("new talk.txt", TRANSCRIPT), ("odd.bin", b"\0\1\2"), kind="interview")
    check(text)
    assert "Mo" in text
    assert "odd.bin" in text
    assert "/tmp" not in text
    assert "new-talk" not in [head.slug for head in study.store.documents.heads()]
    assert store(lea.client, text, kind="interview") == 303
    assert "1 document stored" in lea.open("/documents")
    assert 'class="next"' in lea.text
    [new] = [head for head in study.store.documents.heads() if head.slug == "new-talk"]
    assert new.source_name == "new talk.txt"
    assert study.store.passages.of("new-talk")


def test_files_can_be_left_unread_and_are_deleted(served: Served, lea: Browser, study: Study) -> None:
    text = send(lea.client, ("new.txt", TRANSCRIPT))
    [waiting] = served.service.uploads._waiting.values()
    before = len(study.store.documents.heads())
    store(lea.client, text, do="drop")
    assert 'class="next"' not in lea.open("/documents"), "nothing follows from what was not stored"
    assert not Path(waiting.folder.name).exists()
    assert store(lea.client, text) == 400
    assert len(study.store.documents.heads()) == before


def test_files_are_taken_from_leads_alone_and_only_with_proof(served: Served, lea: Browser) -> None:
    reviewer = served.browser("ann", UserRole.REVIEWER)
    sent = {"files": [("file", ("a.txt", TRANSCRIPT))]}
    assert reviewer.post("/documents/check", data={"csrf": csrf(reviewer)}, **sent).status_code == 403
    assert lea.client.post("/documents/check", data={"csrf": "0" * 64}, **sent).status_code == 403
    assert served.client().post("/documents/check", data={}, **sent).headers["location"].startswith("/login")


def test_too_large_a_file_is_refused(lea: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        __import__("cothemes.web.guard", fromlist=["LARGER_BODIES"]).LARGER_BODIES, "/documents/check", 2000
    )
    data, files = {"csrf": csrf(lea.client)}, [("file", ("a.txt", b"x" * 3000))]
    assert lea.client.post("/documents/check", data=data, files=files).status_code == 413


def test_uploads_are_one_for_a_person_and_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = Uploads()
    first = kept.put("ann", {"../../a/b.txt": b"1"})
    assert [each.name for each in first.iterdir()] == ["b.txt"]
    second = kept.put("ann", {"c.txt": b"2"})
    assert not first.exists()
    assert kept.get("ann", second.name) == second
    for name in ("..", ".hidden", "", "x" * 300):
        with pytest.raises(Exception, match="cannot be the name"):
            kept.put("bob", {name: b""})
    monkeypatch.setattr(uploads, "SECONDS", -1)
    with pytest.raises(Exception, match="no files wait"):
        kept.get("ann", second.name)
    assert not second.exists()


def test_the_report_may_do_nothing_in_the_browser(lea: Browser, study: Study) -> None:
    coded(study)
    answer = lea.client.get("/report/page")
    policy = answer.headers["content-security-policy"]
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style
    assert f"'sha256-{b64encode(sha256(style[1].encode()).digest()).decode()}'" in policy
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert " style=" not in answer.text


def test_a_download_of_the_report_is_recorded(lea: Browser, study: Study) -> None:
    coded(study)
    page, word = (lea.client.get(f"/report/file?form={form}") for form in ("html", "docx"))
    assert 'filename="report.html"' in page.headers["content-disposition"]
    assert word.content[:2] == b"PK"
    entries = [each for each in study.store.accesses.all() if each.kind is AccessKind.EXPORT]
    assert [(each.by, each.command) for each in entries] == [("lea", "report")] * 2


def test_a_lead_who_codes_blind_is_told_what_is_kept_back(served: Served, study: Study) -> None:
    coded(study)
    both = Browser(served.browser("lea", UserRole.LEAD, UserRole.REVIEWER))
    assert "talk-1.0004" in both.open("/disagreements")
    assign(study, "lea", {"talk-1.0004": Arm.BLIND})
    text = both.open("/disagreements")
    assert "talk-1.0004" not in text
    assert "still to code blind" in text


def test_hostile_words_stay_words(lea: Browser, study: Study) -> None:
    path = study.codebook_path
    book = path.read_text("utf-8").replace("label: Turnover of staff", f"label: {json.dumps(HOSTILE)}")
    path.write_text(book, "utf-8")
    coded(study)
    desk = Desk(study, "ann")
    desk.note(desk.card("talk-1.0004"), HOSTILE)
    spoken = f"Interviewer: What?\n{HOSTILE[:8]}: {HOSTILE} and more words here.\n".encode()
    texts = [lea.open(each) for each in (*PATHS, "/report/page")]
    texts.append(send(lea.client, ("<img src=x onerror=alert(1)>.txt", spoken)))
    for text in texts:
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "\u202e" not in text
    assert any("&lt;script&gt;" in text for text in texts)


def test_the_lead_publishes_and_discards_drafts(served: Served, study: Study, lea: Browser) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.BLIND})
    assign(study, "bob", {"talk-1.0004": Arm.BLIND})
    ann = Desk(study, "ann")
    for passage, name in (("talk-1.0002", "Broken windows"), ("talk-1.0004", "Night shifts")):
        card = ann.card(passage)
        ann.keep(card, [ann.draft(card, name)])
    ids = {each.label: each.code for each in study.store.drafts.all()}
    lea.open("/codebook")
    check(lea.text)
    assert "2 drafts" in lea.text
    assert "Broken windows" in lea.text
    lea.send(
        f"/codebook/drafts/{ids['Broken windows']}",
        do="publish",
        id="WIN",
        definition="Says that panes break.",
    )
    assert "WIN Broken windows is in the codebook" in lea.text
    assert 'href="#code-WIN"' in lea.text
    assert 'class="next"' not in lea.open("/codebook"), "said once"
    assert study.codebook.by_id["WIN"].definition == "Says that panes break."
    assert "Broken windows" in served.browser("ann").get("/codebook").text

    both = Browser(served.browser("bob", UserRole.REVIEWER, UserRole.LEAD))
    both.open("/codebook")
    assert "Night shifts" not in both.text
    assert "1 draft made" in both.text
    assert ids["Night shifts"] not in both.text
    answer = both.client.post(
        f"/codebook/drafts/{ids['Night shifts']}", data={"csrf": both.field("csrf"), "do": "discard"}
    )
    assert answer.status_code == 400
    assert "Night shifts" not in answer.text

    lea.send(f"/codebook/drafts/{ids['Night shifts']}", do="discard")
    assert "made while reading" not in lea.text
    refused = lea.client.post(
        f"/codebook/drafts/{ids['Night shifts']}", data={"csrf": lea.field("csrf"), "do": "publish"}
    )
    assert refused.status_code == 400
    reader = served.browser("rita", UserRole.READER)
    assert "made while reading" not in reader.get("/codebook").text
    token = {"csrf": csrf(reader), "do": "publish"}
    assert reader.post(f"/codebook/drafts/{ids['Night shifts']}", data=token).status_code == 403
