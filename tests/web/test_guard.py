"""Who is let in: this machine's browser, with the token, from the page itself."""

import pytest

OWN = ("host", "127.0.0.1:8123")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost.evil.example:8123", ""], ids=str
)
async def test_a_foreign_host_is_400(client, host):
    """A name that was made to point at this machine is not answered, token or not."""
    assert (await client("/", headers=[("host", host)])).status == 400


async def test_two_hosts_are_400(client):
    """A request that says two things is not answered."""
    assert (await client("/", headers=[OWN, ("host", "evil.example")])).status == 400


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1:8123"]
)
async def test_a_foreign_origin_is_403(client, origin):
    """Another page may not ask, even with the token."""
    assert (await client("/scenarios", headers=[OWN, ("origin", origin)])).status == 403


@pytest.mark.parametrize("token", [None, "", "the-tokem", "the-token "])
@pytest.mark.parametrize("path", ["/", "/scenarios", "/what-if.js", "/nowhere"])
async def test_no_token_or_a_wrong_one_is_403(client, token, path):
    """Nothing is told without the token, not even what there is."""
    assert (await client(path, token=token)).status == 403


async def test_the_token_is_taken_from_address_or_header(client):
    """The page is opened by its address; its script sends the header."""
    own = [("origin", "http://127.0.0.1:8123"), OWN]
    assert (await client("/?token=the-token", token=None)).status == 200
    assert (await client("/scenarios", headers=own)).status == 200


async def test_every_answer_forbids_what_the_page_does_not_need(client):
    """A strict policy, no sniffing, no referrer, no keeping; refusals too."""
    for answer in (await client("/"), await client("/", token=None), await client("/scenarios")):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert ("unsafe" in policy, "frame-ancestors 'none'" in policy) == (False, True)
        kept = [
            answer.headers[name] for name in ("x-content-type-options", "referrer-policy", "cache-control")
        ]
        assert kept == ["nosniff", "no-referrer", "no-store"]


async def test_a_large_body_is_413(client):
    """A question has some hundred bytes; what claims to be large is not even read."""
    assert (await client("/estimate", b"x" * 70_000)).status == 413


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/static/what-if.js", "/what-if.html", "/etc/passwd"])
async def test_no_file_is_served_at_a_clients_word(client, path):
    """There are a handful of addresses, and no way from them to a disk."""
    assert (await client(path)).status == 404
