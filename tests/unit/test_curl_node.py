"""The way to Elasticsearch: servers that are slow, or gone, or hang up, or nobody vouches for."""

import signal
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from elastic_transport import ConnectionError, ConnectionTimeout, HttpHeaders, NodeConfig, TlsError

from indexer.curl_node import CurlNode

LOCAL = ip_address("127.0.0.1")
JSON = HttpHeaders({"content-type": "application/json"})


class Echo(BaseHTTPRequestHandler):
    """Says what it was told; closes the connection after an answer, unannounced, if asked to."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.server.connections.add(self.client_address)
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        said = f"{self.command} {self.path} {self.headers.get('content-type')} ".encode() + body
        self.send_response(404 if self.path == "/nobody" else 200)
        self.send_header("X-Said", "a: b")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)
        self.close_connection = self.path == "/closes"

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815 - named by http.server

    def log_message(self, *_said):
        pass


@contextmanager
def serving(context=None):
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.connections = set()
        server.daemon_threads = True
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server():
    with serving() as server:
        yield server


@contextmanager
def node_at(port, **config):
    config = {"scheme": "http", "path_prefix": "", "request_timeout": 5, **config}
    node = CurlNode(NodeConfig(host="127.0.0.1", port=port, **config))
    try:
        yield node
    finally:
        node.close()


@pytest.fixture
def node(server):
    with node_at(server.server_port) as node:
        yield node


@pytest.fixture
def silent():
    """A port at which somebody listens who never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_request_is_sent_as_it_is_and_the_answer_comes_back_whole(node):
    meta, body = node.perform_request("POST", "/a?b=c", b'{"d": 1}', JSON)
    assert body == b'POST /a?b=c application/json {"d": 1}'
    assert (meta.status, meta.headers["x-said"], meta.mimetype) == (200, "a: b", None)
    assert 0 < meta.duration < 5


@pytest.mark.parametrize("size", [0, 1, 1 << 22])
def test_body_of_any_size_arrives(node, size):
    _, body = node.perform_request("PUT", "/", b"x" * size, JSON)
    assert body.partition(b"json ")[2] == b"x" * size or (size == 0 and body == b"PUT / None ")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_request_without_a_body_says_nothing_of_one(node, method):
    assert node.perform_request(method, "/").body == f"{method} / None ".encode()


def test_head_has_a_status_and_no_body(node):
    assert node.perform_request("HEAD", "/nobody")[0].status == 404
    assert node.perform_request("HEAD", "/").body == b""
    assert node.perform_request("GET", "/").body == b"GET / None "


def test_status_of_a_failure_is_an_answer(node):
    assert node.perform_request("GET", "/nobody").meta.status == 404


def test_connection_is_kept_for_the_next_request(node, server):
    for _ in range(5):
        node.perform_request("GET", "/")
    assert len(server.connections) == 1


def test_connection_that_was_closed_meanwhile_is_opened_anew(node, server):
    for _ in range(3):
        node.perform_request("GET", "/closes")
        time.sleep(0.05)
    assert len(server.connections) == 3


@pytest.mark.parametrize("seconds", [None, 31])
def test_request_that_may_take_minutes_is_never_sent_twice(node, server, seconds):
    """Over a kept connection that was closed meanwhile it would be."""
    for _ in range(3):
        node.perform_request("POST", "/", b"{}", JSON, request_timeout=seconds)
    assert len(server.connections) == 3


@pytest.mark.parametrize("path", ["/links/_doc/..", "/links/_doc/%2e%2e", "/a/./b", "/a//b"])
def test_path_is_sent_as_it_is(node, path):
    assert node.perform_request("DELETE", path).body == f"DELETE {path} None ".encode()


def test_path_of_a_node_stands_before_what_is_asked(server):
    with node_at(server.server_port, path_prefix="es") as node:
        assert node.perform_request("GET", "/_search?q=a").body == b"GET /es/_search?q=a None "


def test_each_thread_has_a_connection_of_its_own(node, server):
    meet = threading.Barrier(4)
    said = []

    def ask(number):
        meet.wait()
        for turn in range(50):
            said.append(node.perform_request("POST", f"/{number}/{turn}", b"x" * 9_999, JSON).body)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    there = {f"POST /{n}/{t} application/json ".encode() for n in range(4) for t in range(50)}
    assert {one.rstrip(b"x") for one in said} == there
    assert len(server.connections) <= 4


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with node_at(port) as node, pytest.raises(ConnectionError):
        node.perform_request("GET", "/")


@pytest.mark.parametrize(("usual", "asked"), [(0.2, {}), (60, {"request_timeout": 0.2})])
def test_nobody_answers(silent, usual, asked):
    began = time.monotonic()
    with node_at(silent, request_timeout=usual) as node, pytest.raises(ConnectionTimeout):
        node.perform_request("GET", "/", **asked)
    assert 0.1 < time.monotonic() - began < 5


def test_node_answers_again_after_a_failure(node):
    with pytest.raises(ConnectionTimeout):
        node.perform_request("POST", "/", b"x" * (1 << 22), JSON, request_timeout=0.000_9)
    assert node.perform_request("GET", "/").meta.status == 200


def test_server_that_breaks_off_gave_no_answer():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def break_off():
            for _ in range(2):  # libcurl may ask once more
                there, _ = listener.accept()
                there.recv(999)
                there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
                there.close()

        threading.Thread(target=break_off, daemon=True).start()
        with node_at(listener.getsockname()[1]) as node, pytest.raises(ConnectionError):
            node.perform_request("GET", "/")


def test_proxy_of_the_environment_is_not_asked(node, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert node.perform_request("GET", "/").meta.status == 200


def test_ctrl_c_ends_a_request_that_waits(silent):
    ringing = threading.Timer(0.2, signal.raise_signal, (signal.SIGINT,))
    with node_at(silent, request_timeout=20) as node:
        began = time.monotonic()
        ringing.start()
        with pytest.raises(KeyboardInterrupt):
            node.perform_request("GET", "/")
        assert time.monotonic() - began < 10


def vouched_for_by_itself(private):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "node")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOCAL)]), critical=False)
        .sign(private, hashes.SHA256())
    )


@pytest.fixture
def secure(tmp_path):
    """A server by HTTPS, and its certificate."""
    certificate, key = tmp_path / "node.crt", tmp_path / "node.key"
    private = ec.generate_private_key(ec.SECP256R1())
    certificate.write_bytes(vouched_for_by_itself(private).public_bytes(Encoding.PEM))
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(context) as server:
        yield server.server_port, str(certificate)


def test_trusted_server_is_spoken_to_by_https(secure):
    port, certificate = secure
    with node_at(port, scheme="https", ca_certs=certificate) as node:
        assert node.perform_request("GET", "/").body == b"GET / None "


def test_server_that_nobody_vouches_for_is_told_nothing(secure):
    port, _ = secure
    with node_at(port, scheme="https") as node, pytest.raises(TlsError):
        node.perform_request("GET", "/")
