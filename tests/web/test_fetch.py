from __future__ import annotations

import asyncio
import gzip
import ssl

import pytest

from app.web import fetch as fetching
from app.web.address import AddressRefused, is_public, parse_web_address
from app.web.connect import PageFailed, in_turn
from app.web.fetch import Request, fetch
from tests.faults.certificates import Authority
from tests.providers.openai.test_proxy import ConnectProxy
from tests.web.site import OK, Names, Site, moved, page, way

HERE = ["127.0.0.1"]


def names(**more):
    return Names(site_example=[HERE], **more)


async def got(site, path="/", names=None, scheme="http", **more):
    address = parse_web_address(f"{scheme}://site.example:{site.port}{path}")
    given = {key: more.pop(key) for key in ("max_bytes", "total_s", "follow") if key in more}
    request = Request(address, ("text/html", "text/plain"), **given)
    return await fetch(request, way(names or Names(site_example=[HERE]), **more))


async def test_a_page_comes_with_its_type_and_charset():
    async with Site({"/a": page("Grüße")}) as site:
        fetched = await got(site, "/a?x=1")
    assert fetched.body.decode() == "Grüße"
    assert (fetched.media_type, fetched.charset, fetched.is_cut) == ("text/html", "utf-8", False)
    assert site.heads[0].startswith("GET /a?x=1 HTTP/1.1\r\n")
    assert f"Host: site.example:{site.port}\r\n" in site.heads[0]
    assert not {"cookie", "referer", "authorization"} & {
        line.partition(":")[0].lower() for line in site.heads[0].splitlines()
    }


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
        OK + b"\r\nabcde",
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"abcde"),
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 5\r\n\r\nabcde",
        b"HTTP/1.0 200\r\nContent-Type: TEXT/HTML;x\r\n\r\nabcde",
    ],
)
async def test_every_way_to_send_a_body_is_read(answer):
    async with Site({"/": answer}) as site:
        assert (await got(site)).body == b"abcde"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Go\r\n\r\n" * 9,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        OK + b"Content-Length: 10\r\n\r\nabcde",
        OK + b"Content-Length: many\r\n\r\nabcde",
        OK + b"Content-Encoding: br\r\n\r\nabcde",
        OK + b"Content-Encoding: gzip\r\n\r\nabcde",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
    ],
)
async def test_an_answer_that_is_none_is_told_in_words(answer):
    async with Site({"/": answer}) as site:
        with pytest.raises(PageFailed, match="broke off, or gave no web page"):
            await got(site)


async def test_a_body_is_read_no_further_than_its_limit():
    bomb = gzip.compress(b"\0" * 50_000_000)
    answer = OK + b"Content-Encoding: gzip\r\n\r\n" + bomb
    async with Site({"/": answer, "/b": page("x" * 5000)}) as site:
        fetched = await got(site, max_bytes=4000)
        assert (len(fetched.body), fetched.is_cut) == (4000, True)
        assert (await got(site, "/b", max_bytes=4000)).is_cut
        assert not (await got(site, "/b", max_bytes=5000)).is_cut


async def test_other_kinds_of_files_are_not_read():
    film = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n"
    async with Site({"/": film}) as site:
        with pytest.raises(PageFailed, match="video/mp4"):
            await got(site)
        with pytest.raises(PageFailed, match="error 404"):
            await got(site, "/none")


async def test_redirects_are_followed_up_to_five():
    chain = {f"/{at}": moved(f"{at + 1}", status) for at, status in enumerate((301, 302, 303, 307))}
    chain |= {"/4": moved("/5", 308), "/5": page("end")}
    async with Site(chain) as site:
        fetched = await got(site, "/0")
        assert (fetched.body, fetched.address.path) == (b"end", "/5")
        site.answers["/5"] = moved("/6")
        with pytest.raises(PageFailed, match="without an end"):
            await got(site, "/0")
        with pytest.raises(PageFailed, match="another address"):
            await got(site, "/0", follow=False)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/", "http://localhost/", "http://169.254.169.254/latest/", "file:///x",
        "javascript:x", "http://[::1]/", "//10.0.0.1/", "http://user@site.example/", "http://0/",
        "http://2130706433/", "http://[::ffff:7f00:1]/", "gopher://site.example/", "\\\\nas\\x",
        "http://metadata.google.internal/", "http://site.example:22/",
    ],
)  # fmt: skip
async def test_a_redirect_is_checked_like_an_address(target):
    async with Site({"/": moved(target)}) as site:
        with pytest.raises(AddressRefused):
            await got(site)
        assert len(site.heads) == 1


async def test_a_redirect_to_a_name_inside_is_refused_after_the_look_up():
    known = names(inside_example=[["192.168.0.7"]])
    async with Site({"/": moved("http://inside.example/")}) as site:
        with pytest.raises(AddressRefused, match="own network"):
            await got(site, names=known, is_allowed=lambda ip: is_public(ip) or ip == "127.0.0.1")
    assert known.asked == ["site.example", "inside.example"]


@pytest.mark.parametrize(
    "ips",
    [
        ["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["::ffff:127.0.0.1"],
        ["93.184.216.34", "127.0.0.1"], ["fe80::1%lo"], ["0.0.0.0"], ["64:ff9b::7f00:1"],
    ],
)  # fmt: skip
async def test_a_name_that_leads_inside_is_never_connected_to(ips):
    async with Site({"/": page("secret")}) as site:
        with pytest.raises(AddressRefused, match="own network"):
            await got(site, names=Names(site_example=[ips]), is_allowed=is_public)
        assert site.heads == []


async def test_the_address_that_was_checked_is_the_one_that_is_asked():
    """A second look-up would lead to the other site, as in DNS rebinding."""
    known = Names(site_example=[HERE, ["127.0.0.2"]])
    checked: list[str] = []

    def note(ip):
        checked.append(ip)
        return True

    async with Site({"/": page("ours")}) as site:
        fetched = await got(site, names=known, is_allowed=note)
    assert fetched.body == b"ours"
    assert (checked, known.asked) == (["127.0.0.1"], ["site.example"])


async def test_a_rebinding_between_redirects_is_refused():
    known = Names(site_example=[HERE, ["10.0.0.1"]])
    async with Site({"/": moved("/again"), "/again": page("secret")}) as site:
        with pytest.raises(AddressRefused):
            await got(site, names=known, is_allowed=lambda ip: ip == "127.0.0.1")
        assert len(site.heads) == 1


async def test_what_cannot_be_had_is_told_in_words(monkeypatch):
    async with Site({}) as site:
        port = site.port
        with pytest.raises(PageFailed, match="was not found"):
            await got(site, names=Names())
    monkeypatch.setattr(fetching, "IDLE_S", 0.05)
    with pytest.raises(PageFailed, match="could not be reached"):
        await got(site)
    async with Site({"/": OK + b"Content-Length: 5\r\n\r\na"}) as site:
        site.hangs = True
        with pytest.raises(PageFailed, match="took too long|broke off"):
            await got(site)
    assert port


def test_both_kinds_of_addresses_are_tried_in_turn():
    assert in_turn(["::1", "::2", "::3", "1.1.1.1"]) == ["::1", "1.1.1.1", "::2", "::3"]
    assert in_turn(["1.1.1.1", "2.2.2.2"]) == ["1.1.1.1", "2.2.2.2"]


async def test_another_address_of_a_name_is_tried():
    async with Site({"/": page("here")}) as site:
        fetched = await got(site, names=Names(site_example=[["127.0.0.9", "127.0.0.1"]]))
        assert fetched.body == b"here"


async def test_a_cancel_ends_it_at_once():
    async with Site({"/": OK + b"Content-Length: 5\r\n\r\na"}) as site:
        site.hangs = True
        task = asyncio.create_task(got(site))
        await site.began.wait()
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=5)
        assert done
        assert task.cancelled()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def trusting(authority):
    return lambda: ssl.create_default_context(cafile=authority.path)


async def test_tls_is_checked_for_the_name_although_the_address_is_pinned(authority):
    async with Site({"/": page("safe")}, authority.server("site.example")) as site:
        fetched = await got(site, scheme="https", trust=trusting(authority))
        assert fetched.body == b"safe"
        with pytest.raises(PageFailed, match="certificate"):
            await got(site, scheme="https")
    async with Site({"/": page("other")}, authority.server("other.example")) as site:
        with pytest.raises(PageFailed, match="certificate"):
            await got(site, scheme="https", trust=trusting(authority))


async def test_a_page_does_not_lead_from_encrypted_to_plain(authority):
    async with Site({"/": moved("http://site.example/")}, authority.server("site.example")) as site:
        with pytest.raises(AddressRefused, match="not encrypted"):
            await got(site, scheme="https", trust=trusting(authority))


async def test_a_proxy_is_given_the_checked_address(authority):
    async with Site({"/": page("safe")}, authority.server("site.example")) as site:
        async with ConnectProxy(site.port) as proxy:
            through = f"http://me:pass@127.0.0.1:{proxy.port}"
            more = {"scheme": "https", "trust": trusting(authority), "proxy": through}
            assert (await got(site, **more)).body == b"safe"
            assert proxy.asked == [f"127.0.0.1:{site.port}"]
            assert b"Proxy-Authorization: Basic bWU6cGFzcw==" in proxy.heads[0]
        async with ConnectProxy(site.port, status=403) as proxy:
            through = f"http://127.0.0.1:{proxy.port}"
            with pytest.raises(PageFailed, match="proxy refused"):
                await got(site, scheme="https", trust=trusting(authority), proxy=through)
        with pytest.raises(PageFailed, match="of a kind"):
            await got(site, scheme="https", trust=trusting(authority), proxy="socks5://127.0.0.1:1")
