from config.assets import mended_css


def test_browsers_load_one_font_format_and_no_map():
    css = mended_css(
        '@font-face{font-family:X;src:url(../f/x.eot),url(../f/x.woff) format("woff"),'
        'url(../f/x.woff2) format("woff2"),url(../f/x.ttf) format("truet ype")}a{color:red}\n'
        "/*# sourceMappingURL=dkfds.min.css.map */"
    )

    assert css == '@font-face{font-family:X;src:url(../f/x.woff2) format("woff2")}a{color:red}\n'


def test_a_font_of_the_system_stays():
    rule = '@font-face{font-family:system;src:local("Ubuntu Light")}'

    assert mended_css(rule) == rule
