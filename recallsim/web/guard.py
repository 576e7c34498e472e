"""Who may ask the page's server: this machine's browser, from the page itself, with the token.

Foreign `Host` 400 (a name that was made to point here), foreign `Origin` or no token 403. Every answer carries a
content security policy that lets the page load nothing from anywhere else.
"""

import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER: Final = b"x-recallsim-token"
MOST_BYTES: Final = 65_536
"""A request's body may be so large."""

HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """Stands before the application and turns away what it must not hear.

    Args:
        app: the application.
        token: what every request must bring, in its address or in a header.
        port: where the server listens.
    """

    def __init__(self, app: "ASGIApp", token: str, port: int) -> None:
        self._app = app
        self._token = token.encode("ascii")
        self._hosts = {f"{name}:{port}".encode("ascii") for name in ("127.0.0.1", "localhost")}
        self._origins = {b"http://" + host for host in self._hosts}

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answers one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def guarded(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        found = self._refusal(scope)
        if found is None:
            await self._app(scope, receive, guarded)
            return
        status, words = found
        head = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        await guarded({"type": "http.response.start", "status": status, "headers": head})
        await guarded({"type": "http.response.body", "body": words.encode("utf-8")})

    def _refusal(self, scope: "Scope") -> tuple[int, str] | None:
        headers = [(name.lower(), value) for name, value in scope["headers"]]
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 400, "This server answers to 127.0.0.1 and localhost only.\n"
        for name, value in headers:
            if name == b"origin" and value.lower() not in self._origins:
                return 403, "This request comes from another page.\n"
        if not self._knows(scope, [value for name, value in headers if name == TOKEN_HEADER]):
            return (
                403,
                "The token is missing or wrong: open the address that `recallsim serve` has printed.\n",
            )
        lengths = [value for name, value in headers if name == b"content-length"]
        if lengths and not (lengths[0].isdigit() and int(lengths[0]) <= MOST_BYTES):
            return 413, f"A request may have {MOST_BYTES:,} bytes.\n"
        return None

    def _knows(self, scope: "Scope", tokens: list[bytes]) -> bool:
        if not tokens:
            query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
            tokens = [token.encode("utf-8") for token in query.get("token", [])]
        return len(tokens) == 1 and secrets.compare_digest(tokens[0], self._token)
