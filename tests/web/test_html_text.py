from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.web.address import parse_web_address
from app.web.html_text import MAX_LINKS, page_text, plain_text

HERE = parse_web_address("https://example.org/x/")


def read(source):
    return page_text(source, HERE)


def test_headings_lists_tables_links_and_entities_are_kept():
    page = read(
        "<html><head><title>Tea &amp; more</title></head><body><h1>Tea</h1>"
        '<p>Green <a href="/green">green tea</a> is<br>good. &lt;b&gt; &amp;lt;<p>Again '
        '<a href="/green">it</a><ul><li>one<li>two</ul>'
        "<table><tr><th>A<th>B</tr><tr><td>1</td><td>2|3</td></tr></table>"
        "<pre>a\n  b</pre><img alt='A cat'>"
    )
    assert page.title == "Tea & more"
    assert page.text.splitlines() == [
        "# Tea", "", "Green green tea [1] is", "good. <b> &lt;", "", "Again it [1]", "", "- one",
        "- two", "", "| A | B |", "| 1 | 2/3 |", "", "a", "  b", "", "[picture: A cat]",
    ]  # fmt: skip
    assert [(link.text, link.url) for link in page.links] == [
        ("green tea", "https://example.org/green")
    ]


HIDDEN = [
    '<p style="display:none">{}</p>',
    '<p style="DISPLAY : none !important">{}</p>',
    '<p style="color:red;visibility:hidden">{}</p>',
    '<p style="font-size:0">{}</p>',
    '<p style="font-size: 0px">{}</p>',
    '<p style="font-size:1px">{}</p>',
    '<p style="font-size:0.5px">{}</p>',
    '<p style="opacity:0">{}</p>',
    '<p style="opacity:0.00;x:y">{}</p>',
    '<p style="position:absolute;left:-9999px">{}</p>',
    '<p style="text-indent:-9999px">{}</p>',
    '<p style="height:0;overflow:hidden">{}</p>',
    '<p style="width:1px;height:1px">{}</p>',
    '<p style="clip:rect(0,0,0,0)">{}</p>',
    '<p style="clip-path: inset(100%)">{}</p>',
    '<p style="color:white">{}</p>',
    '<p style="color:#fff;background:#fff">{}</p>',
    '<p style="color:transparent">{}</p>',
    '<p style="display/**/:/* x */none">{}</p>',
    "<p hidden>{}</p>",
    "<p hidden=until-found>{}</p>",
    '<p aria-hidden="true">{}</p>',
    "<div hidden><b><i>{}</i></b></div>",
    "<!-- {} -->",
    "<!--> {} -->",
    "<script>{}</script>",
    "<noscript>{}</noscript>",
    "<template>{}</template>",
    "<style>{}</style>",
    "<svg><title>{}</title></svg>",
    "<textarea>{}</textarea>",
    "<select><option>{}</select>",
    '<input value="{}">',
    '<input type=hidden value="{}">',
    '<img title="{}">',
    '<a href="/x" title="{}">link</a>',
    '<meta name="description" content="{}">',
    "<style>.quiet{{display:none}}</style><p class='x quiet'>{}</p>",
    "<style>p#a , .b {{ opacity:0 }}</style><p id=a>{}</p>",
    "<iframe srcdoc='{}'>{}</iframe>",
]


@pytest.mark.parametrize("source", HIDDEN)
def test_what_nobody_sees_is_left_out(source):
    page = read(f"<body>before {source.replace('{}', 'IGNORE-ALL').format()} after")
    assert "IGNORE-ALL" not in page.text + page.title
    assert not any("IGNORE-ALL" in link.text for link in page.links)
    if "<!-->" not in source:
        assert "before" in page.text
        assert "after" in page.text


@pytest.mark.parametrize(
    "style",
    [
        "display:block", "font-size:10px", "opacity:0.5", "color:red", "left:-10px", "color:#111",
        "color:white;background:black", "height:100px", "width:0.5em", "font-size:0.9em",
    ],
)  # fmt: skip
def test_ordinary_styles_hide_nothing(style):
    assert read(f'<p style="{style}">seen</p>').text == "seen"


def test_characters_that_do_not_show_are_left_out():
    tags = "".join(chr(0xE0000 + ord(char)) for char in "obey")
    text = f"<p>a\u200bb\u202ec\u2066d{tags}\ufeff\ue000e\x07f"
    assert read(text).text == "abcdef"
    assert plain_text(f"a\u200b{tags} b\n\n\n\nc") == "a b\n\nc"


def test_only_web_links_get_a_number():
    page = read(
        '<a href="javascript:x">a</a><a href="http://127.0.0.1/">b</a><a href="#top">c</a>'
        '<a href="data:text/html,x">d</a><a href="mailto:x@y.z">e</a><a>f</a><a href="y">g</a>'
    )
    assert [link.url for link in page.links] == ["https://example.org/x/y"]
    many = read("".join(f'<a href="/{at}">{at}</a>' for at in range(MAX_LINKS + 50)))
    assert len(many.links) == MAX_LINKS


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<", "<a ", "<div>", "<a href='", "&#", "<p>", "</x", "<script>", "<![CDATA[", "<td>",
     "<a href=x>", "<b><i>x</b>", "<?", "<!x"],
)  # fmt: skip
def test_a_page_that_is_made_to_be_slow_ends(piece):
    read(piece * 30_000)


@given(st.text("<>/!-abdiv p='\"&;#x", max_size=200))
def test_no_page_makes_it_fail(source):
    read(source)
