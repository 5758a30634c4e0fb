"""What goes wrong around Sayso: one clear sentence, nothing lost, and typing still works."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.test_talk_files import sayso
from tests.desk.keyring import KeyringService
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import save, say
from tests.desk.waiting import wait_until
from tests.flows.running import RunningSayso


@contextmanager
def server(status: int, body: bytes, kind: str = "application/json") -> Iterator[str]:
    """A server that gives every request the same answer; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{running.server_address[1]}/v1"
        finally:
            running.shutdown()


def home_with(folder: Path, settings: str) -> Path:
    """A home with these settings."""
    (folder / "home" / "config").mkdir(parents=True)
    (folder / "home" / "config" / "settings.toml").write_text(f"schema_version = 2\n{settings}")
    return folder / "home"


@pytest.fixture
def question(tmp_path: Path) -> Path:
    return save(say("what is twelve times seven"), tmp_path / "question.wav")


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "sentence"),
    [
        (200, b"<html>Welcome to the hotel</html>", "text/html", 4, "not as an OpenAI-compatible"),
        (200, b'{"cho', "application/json", 4, "not as an OpenAI-compatible"),
        (401, b'{"error": {"message": "Incorrect API key: sk-canary-0123", "code": '
         b'"invalid_api_key"}}', "application/json", 3, "did not accept the key"),
        (404, b'{"error": {"message": "no such model", "code": "model_not_found"}}',
         "application/json", 4, "does not know the model"),
        (429, b'{"error": {"message": "quota", "code": "insufficient_quota"}}',
         "application/json", 3, "no credit left"),
    ],
)  # fmt: skip
def test_a_server_that_answers_wrongly_is_told_in_one_sentence(
    status: int, body: bytes, kind: str, code: int, sentence: str, question: Path, tmp_path: Path
) -> None:
    with server(status, body, kind) as address:
        home = home_with(
            tmp_path,
            f'server.base_url = "{address}"\nchat.source = "server"\ngeneral.fallback = "off"\n',
        )
        key = {"OPENAI_API_KEY": "sk-canary-0123456789abcdef", "OPENAI_BASE_URL": address}
        done = sayso("talk", "--input", question, home=home, **key)
    assert done.returncode == code, done.stderr
    assert "Heard: what is twelve times seven" in done.stdout
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert "sk-canary" not in done.stderr + done.stdout


def test_what_is_built_in_answers_where_the_server_does_not(question: Path, tmp_path: Path) -> None:
    with server(429, b'{"error": {"message": "quota", "code": "insufficient_quota"}}') as address:
        home = home_with(tmp_path, f'server.base_url = "{address}"\nchat.source = "server"\n')
        done = sayso("talk", "--input", question, home=home)
    assert done.returncode == 0, done.stderr
    assert "84" in done.stdout
    assert "no credit left. The built-in assistant answers for now." in done.stderr


@pytest.mark.desk
def test_a_locked_keyring_is_told_and_the_question_is_kept(
    locked_keyring_service: KeyringService, question: Path, tmp_path: Path
) -> None:
    home = home_with(tmp_path, 'chat.source = "server"\n')
    done = sayso("talk", "--input", question, home=home, **locked_keyring_service.environment)
    assert done.returncode == 3
    assert "The system's keyring is locked." in done.stderr
    assert "Heard: what is twelve times seven" in done.stdout


def test_without_any_sound_system_typing_still_works(tmp_path: Path) -> None:
    with RunningSayso(
        tmp_path / "home", arguments=["talk"], stdin_text="what is twelve times seven\n"
    ) as running:
        assert "84" in running.wait_for_reply(1)
        wait_until(lambda: "No microphone was found." in running.child.log, "the notice")
        assert running.quit() == 0
        assert "Traceback" not in running.child.log


def test_with_neither_input_nor_microphone_it_ends(tmp_path: Path) -> None:
    done = sayso("talk", home=tmp_path / "home")
    assert done.returncode == 5
    assert "No microphone was found." in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.desk
def test_without_a_speaker_the_reply_is_shown(fresh_sound: SoundServer, tmp_path: Path) -> None:
    fresh_sound.unload_speakers()
    with RunningSayso(tmp_path / "home", fresh_sound.environment, arguments=["talk"]) as running:
        running.wait_until_listening(fresh_sound)
        fresh_sound.say_clip(say("what is twelve times seven"))
        assert "84" in running.wait_for_reply(1)
        assert "No speaker was found" in running.child.log
        assert running.messages[-1][2] is None


@pytest.mark.desk
def test_a_microphone_that_is_pulled_out_is_told_and_used_again(
    fresh_sound: SoundServer, tmp_path: Path
) -> None:
    with RunningSayso(tmp_path / "home", fresh_sound.environment, arguments=["talk"]) as running:
        running.wait_until_listening(fresh_sound)
        fresh_sound.unload_microphone()
        wait_until(lambda: "is gone" in running.child.log, "the notice")
        wait_until(lambda: not fresh_sound.sources_in_use(), "nothing is recorded")
        fresh_sound.load_microphone()
        running.wait_until_listening(fresh_sound)
        fresh_sound.say_clip(say("what is twelve times seven"))
        assert "84" in running.wait_for_reply(1)


@pytest.mark.desk
def test_mute_closes_the_device_itself(sound: SoundServer, tmp_path: Path) -> None:
    with RunningSayso(
        tmp_path / "home", sound.environment, arguments=["talk"], stdin_text=""
    ) as running:
        running.wait_until_listening(sound)
        running.enter("/mute")
        wait_until(lambda: not sound.sources_in_use(), "the device is closed")
        running.enter("/unmute")
        running.wait_until_listening(sound)


@pytest.mark.desk
def test_of_two_starts_the_second_shows_the_first_one_s_window(
    sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with RunningSayso(home, sound.environment, screen.environment) as first:
        first.show(screen)
        with RunningSayso(home, sound.environment, screen.environment) as second:
            assert second.child.wait(10) == 0
            assert "already running" in second.child.log
        assert len([w for w in screen.windows() if w.title == "Sayso"]) == 1
        assert first.child.alive


def test_without_a_display_the_conversation_is_in_the_terminal(tmp_path: Path) -> None:
    with RunningSayso(tmp_path / "home", stdin_text="what is two plus two\n") as running:
        assert "4" in running.wait_for_reply(1)
        running.enter("/quit")
        assert running.child.wait(10) == 0
        assert "There is no display" in running.child.log
