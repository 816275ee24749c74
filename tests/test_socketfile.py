"""Unix-domain sockets of the reference: by a name in a folder that a stranger has written."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference import events as e
from reference import socketfile
from reference.endpoint import Endpoint
from reference.play import Player
from reference.script import Connect, Receive, Script, Send
from reference.socketfile import Places

NAME = "chat.sock"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "submission"
    made.mkdir()
    return made


@pytest.fixture
def places(folder: Path) -> Iterator[Places]:
    made = Places(str(folder), str(folder.parent))
    yield made
    made.close()


@pytest.fixture
def endpoint(folder: Path) -> Iterator[Endpoint]:
    made = Endpoint(lambda: 0, path=NAME)
    made.stand_in(Places(str(folder), str(folder.parent)))
    yield made
    made.close_all()


def listening(path: Path, backlog: int = 5) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(path))
    made.listen(backlog)
    return made


def tried(places: Places, name: str) -> int:
    with socket.socket(socket.AF_UNIX) as ours:
        return places.connect(ours, name)


# --- names in a stranger's folder --------------------------------------------------------


def test_who_listens_there_is_reached_however_the_name_is_written(
    places: Places, folder: Path
) -> None:
    with listening(folder / NAME):
        for name in (NAME, f"./{NAME}", f"/submission/{NAME}"):
            assert tried(places, name) == 0
        found = (folder / NAME).stat()
        assert places.file(NAME) == (found.st_dev, found.st_ino)


@pytest.mark.parametrize("system", ["linux", "macos"])
def test_no_link_is_followed_be_it_the_last_part_or_on_the_way(
    places: Places, folder: Path, tmp_path: Path, system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An absolute link in the sandbox would lead into our own root."""
    if system == "macos":
        monkeypatch.setattr(socketfile, "_PATH", 0)
    with listening(folder / "right"):
        assert tried(places, "right") == 0
    (tmp_path / "ours").mkdir()
    with listening(tmp_path / "ours" / NAME) as ours:
        (folder / NAME).symlink_to(tmp_path / "ours" / NAME)
        (folder / "there").symlink_to(tmp_path / "ours")
        assert tried(places, NAME) == errno.ELOOP
        assert tried(places, f"there/{NAME}") == errno.ENOTDIR
        assert tried(places, f"../ours/{NAME}") == errno.ENOENT
        assert places.file(NAME) is None
        ours.setblocking(False)
        with pytest.raises(BlockingIOError):
            ours.accept()
        # The defence taken away: it would be ours.
        monkeypatch.setattr(socketfile, "_UNFOLLOWED", 0)
        if system == "linux":
            assert tried(places, NAME) == 0
        assert tried(places, f"there/{NAME}") == 0


def test_what_is_no_socket_is_not_waited_for(places: Places, folder: Path) -> None:
    os.mkfifo(folder / NAME)
    assert tried(places, NAME) == errno.ENOTSOCK
    (folder / NAME).unlink()
    (folder / NAME).mkdir()
    assert tried(places, NAME) == errno.ENOTSOCK
    assert tried(places, "nobody") == errno.ENOENT


def test_our_own_socket_bears_the_plain_name_and_we_stay_where_we_were(
    places: Places, folder: Path
) -> None:
    here = Path.cwd()
    with places.bind(NAME) as bound:
        assert bound.getsockname() == NAME
        assert Path.cwd() == here
        assert tried(places, NAME) == errno.ECONNREFUSED  # it does not listen
        bound.listen()
        assert tried(places, NAME) == 0
    places.unbind(NAME)
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize("kind", ["file", "folder", "link", "socket"])
def test_what_lay_under_our_name_is_in_the_way_of_nobody(
    places: Places, folder: Path, kind: str
) -> None:
    """A submission can't make a run impossible by what it brings along."""
    there = folder / NAME
    match kind:
        case "file":
            there.write_text("mine")
        case "folder":
            (there / "below").mkdir(parents=True)
        case "link":
            there.symlink_to("/nowhere")
        case _:
            listening(there).close()
    with places.bind(NAME) as bound:
        bound.listen()
        assert tried(places, NAME) == 0
    assert len([*folder.iterdir()]) == (1 if kind == "socket" else 2)


def test_an_abstract_name_is_in_no_folder(places: Places) -> None:
    name = f"@wiregrade-{os.getpid()}"
    with places.bind(name) as bound:
        bound.listen()
        assert tried(places, name) == 0


# --- connections -------------------------------------------------------------------------


def kinds(events: list[e.Event]) -> list[type[e.Event]]:
    return [type(event) for event in events]


def test_what_is_said_over_it(endpoint: Endpoint, folder: Path) -> None:
    with listening(folder / NAME) as listener:
        (connected,) = endpoint.dial(NAME, 0)
        assert connected == e.Connected(0, ("", 0), (NAME, 0))
        peer, _ = listener.accept()
        with peer:
            endpoint.send(b"hello")
            assert peer.recv(100) == b"hello"
            peer.sendall(b"HELLO")
            assert endpoint.poll() == [e.Received(0, b"HELLO")]
            endpoint.shutdown_write()
            assert peer.recv(100) == b""
        assert kinds(endpoint.poll()) == [e.EndOfStream]


def test_who_closes_with_something_unread_resets(endpoint: Endpoint, folder: Path) -> None:
    with listening(folder / NAME) as listener:
        endpoint.dial(NAME, 0)
        peer, _ = listener.accept()
        endpoint.send(b"hello")
        peer.close()
        assert kinds(endpoint.poll()) == [e.ConnectionReset]


def test_a_full_queue_is_tried_again_until_there_is_room(endpoint: Endpoint, folder: Path) -> None:
    with listening(folder / NAME, 0) as listener:
        assert kinds(endpoint.dial(NAME, 0, "first")) == [e.Connected]
        assert endpoint.dial(NAME, 0, "second") == []
        assert endpoint.knocks
        assert endpoint.poll() == []
        # Nothing is to be waited for: an unconnected socket is always « writable ».
        assert endpoint.writes == []
        peer, _ = listener.accept()
        with peer:
            assert endpoint.poll() == [e.Connected(0, ("", 0), (NAME, 0), connection="second")]
            assert not endpoint.knocks


def test_it_listens_in_the_next_folder_too(
    endpoint: Endpoint, folder: Path, tmp_path: Path
) -> None:
    """A program that is started again stands in a new one."""
    endpoint.listen(0, "first")
    other = tmp_path / "again"
    other.mkdir()
    endpoint.stand_in(Places(str(other), str(tmp_path)))
    assert not (folder / NAME).exists()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(other / NAME))
        assert endpoint.poll() == [e.Connected(0, (NAME, 0), ("", 0), connection="first")]


def test_until_it_listens_it_refuses(folder: Path) -> None:
    endpoint = Endpoint(lambda: 0, path=NAME)
    endpoint.stand_in(Places(str(folder)), refuses=True)
    try:
        with socket.socket(socket.AF_UNIX) as client, pytest.raises(ConnectionRefusedError):
            client.connect(str(folder / NAME))
        endpoint.listen(0)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(folder / NAME))
    finally:
        endpoint.close_all()
    assert [*folder.iterdir()] == []


def test_by_hand_it_is_played_in_the_current_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    told: list[object] = []
    with listening(folder / NAME) as listener:

        def tell(what: object) -> None:
            told.append(what)
            if isinstance(what, e.Connected):
                peer, _ = listener.accept()
                peer.sendall(b"hi")
                peers.append(peer)

        peers: list[socket.socket] = []
        steps = (Connect(), Receive(message="hi"), Send(messages=("yo",), pieces=(b"yo",)))
        Player(Script(steps, 0, path=NAME), tell, settle=0.01, patience=0.1).play()
    (peer,) = peers
    with peer:
        assert peer.recv(10) == b"yo"
    assert e.Listening(told[1].t, NAME, 0) in told  # type: ignore[attr-defined]
