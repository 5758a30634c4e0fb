from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.tools.base import ToolFailed
from app.web.address import AddressRefused, checked_url, is_public, parse_web_address


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("https://en.wikipedia.org/wiki/Tea", "https://en.wikipedia.org/wiki/Tea"),
        ("wikipedia.org", "https://wikipedia.org"),
        ("WikiPedia.ORG/Tea?x=1#top", "https://wikipedia.org/Tea?x=1#top"),
        ("example.org:8443/x", "https://example.org:8443/x"),
        ("http://example.org", "http://example.org"),
        ("https://example.org:443/", "https://example.org/"),
        (" //example.org/a ", "https://example.org/a"),
        ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("https://раураl.com", "https://xn--l-7sba6dbr.com"),
        ("https://93.184.216.34/", "https://93.184.216.34/"),
        ("https://[2606:4700::6810:85e5]/", "https://[2606:4700::6810:85e5]/"),
        ("https://[::ffff:93.184.216.34]/", "https://[::ffff:5db8:d822]/"),
        ("https://example.org./", "https://example.org/"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("https://example.org/a b".replace(" ", "%20"), "https://example.org/a%20b"),
    ],
)
def test_the_address_is_exact_and_in_ascii(given, opened):
    assert checked_url(given) == opened


REFUSED = [
    "", "   ", "https://", "https:///x", "https://[bad/", "//", "https://?x=1", "https://#x",
    # Other schemes.
    "file:///etc/passwd", "FILE:///etc/passwd", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "data:text/html,x", "ftp://a.org", "gopher://a.org", "ws://a.org", "view-source:https://a.org",
    "jar:https://a.org!/x", "blob:https://a.org/1", "about:blank", "mailto:a@b.org", "smb://a.org",
    "chrome://settings", "feed:https://a.org", "vbscript:x", "ssh://a.org", "filesystem:https://a",
    # Credentials, backslashes, blanks, hidden characters.
    "https://user@example.org", "https://user:pass@example.org", "https://google.com@evil.org",
    "https://@example.org", "https://google.com%40evil.org", "https://example.org\\@evil.org",
    "https:\\\\example.org", "https://evil.org\\.example.org", "https://exa mple.org",
    "https://example.org/\u202egro", "https://example.org/a\nb", "https://example.org/a\tb",
    "ht\ntps://example.org", "https://exam\u200bple.org", "https://example.org/\x00",
    "https://example\u00ad.org", "https://example.org/\U000e0041", "https://example.org\r\nHost: a",
    # Names of the own computer and network.
    "localhost", "http://localhost:631/", "http://LOCALHOST/", "http://localhost./",
    "http://foo.localhost/", "https://printer.local", "intranet", "http://router.lan/",
    "http://nas.home/", "http://wiki.corp/", "http://x.internal/", "http://a.home.arpa/",
    "http://metadata.google.internal/computeMetadata/v1/", "http://1.0.0.127.in-addr.arpa/",
    "http://ip6.localdomain/", "http://a.onion/", "http://a.test/", "http://a.invalid/",
    "http://ⓛocalhost/", "http://localhost。/", "http://ⅼocalhost/",
    # IPv4 of the own network, plain and odd.
    "http://127.0.0.1", "http://127.1", "http://127.0.1", "http://2130706433/", "http://0x7f.1/",
    "http://0x7f000001/", "http://0x7f.0x0.0x0.0x1/", "http://0177.0.0.1/", "http://017700000001/",
    "http://127.0.0.1./", "http://00000127.0.0.1/", "http://127.0.0.1.:80/", "http://127.0.0.0x1/",
    "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://１２７.0.0.1/", "http://%31%32%37.0.0.1/",
    "http://0.0.0.0/", "http://0/", "http://192.168.1.1/reset", "http://10.0.0.1",
    "http://172.16.0.1/", "http://172.31.255.255/", "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/", "http://0xA9FEA9FE/", "http://100.64.0.1/", "http://100.100.100.200/",
    "http://168.63.129.16/", "http://192.0.0.192/", "http://198.18.0.1/", "http://224.0.0.1/",
    "http://255.255.255.255/", "http://240.0.0.1/", "http://192.0.2.1/", "http://256.1.1.1/",
    "http://1.2.3.4.5/", "http://127.0.0.1%00.example.org/",
    # IPv6.
    "http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::10.0.0.1]/", "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/", "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[fc00::1]/",
    "http://[fd00:ec2::254]/", "http://[ff02::1]/", "http://[2001:db8::1]/", "http://[100::1]/",
    "http://[3fff::1]/", "http://[::ffff:0:127.0.0.1]/", "http://[v1.x]/", "http://::1/",
    # Ports and names that are none.
    "https://example.org:99999", "https://example.org:0/", "https://example.org:-1/",
    "https://example.org:22/", "http://example.org:25/", "http://example.org:6379/",
    "http://example.org:11211/", "http://example.org:80:80/", "http://example.org:８０x/",
    "https://-a.org", "https://a..org", "https://.a.org", "https://a%2eorg", "https://a_b.org",
    "https://" + "a" * 70 + ".org", "https://example.org/" + "x" * 2_000, "https://xn--.org/",
    "https://example.org..", "https://a.1/", "https://exa<mple.org", "https://a.org^b.org",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_everything_else_is_refused(address):
    with pytest.raises(AddressRefused):
        checked_url(address)


def test_the_table_is_as_long_as_promised():
    assert len(set(REFUSED)) >= 50


@pytest.mark.parametrize(
    "ip", ["93.184.216.34", "8.8.8.8", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(ip):
    assert is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "", "x", "127.0.0.1", "::1", "10.1.2.3", "fe80::1%1", "::ffff:10.0.0.1", "100.127.0.1",
        "64:ff9b::a00:1", "2002:a00:1::", "192.168.0.1 ", "0.0.0.0", "169.254.169.254", "fec0::1",
    ],
)  # fmt: skip
def test_all_others_are_not(ip):
    assert not is_public(ip)


@pytest.mark.parametrize(
    ("link", "goes_to"),
    [
        ("b", "https://example.org/a/b"),
        ("/b?x#y", "https://example.org/b?x#y"),
        ("//other.org/b", "https://other.org/b"),
        ("http://other.org", "http://other.org"),
        ("?q=1", "https://example.org/a/page?q=1"),
    ],
)
def test_a_link_is_read_from_its_page(link, goes_to):
    base = parse_web_address("https://example.org/a/page")
    assert parse_web_address(link, base).url == goes_to


@pytest.mark.parametrize("link", ["javascript:x", "//localhost/", "//10.0.0.1", "file:///x", "\\x"])
def test_a_link_is_checked_like_any_address(link):
    with pytest.raises(AddressRefused):
        parse_web_address(link, parse_web_address("https://example.org/a/page"))


@given(st.text(alphabet="ahtps:/.@%?#[]\\ \n0é1-_x", max_size=40))
def test_what_passes_is_stable_ascii_without_credentials(text):
    try:
        url = checked_url(text)
    except ToolFailed:
        return
    assert url.isascii()
    assert url.startswith(("http://", "https://"))
    assert "@" not in url.partition("//")[2].partition("/")[0]
    assert checked_url(url) == url
