"""What people call marks, breaks and corrections in four languages (ISO 639-1 codes). Data."""

from __future__ import annotations

from collections.abc import Mapping

from app.dictation.mark_kinds import Command, Correction, Guard, Join, Mark, MarkWords, Phrase

_NBSP = "\u00a0"


def _phrases(command: Command, *names: str) -> dict[Phrase, Command]:
    return {tuple(name.split()): command for name in names}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _guards(**named: Guard) -> dict[Phrase, Guard]:
    return {tuple(name.split("_")): guard for name, guard in named.items()}


def _close(text: str) -> Mark:
    return Mark(text, Join.CLOSE)


def _stop(text: str, opens: str = "") -> Mark:
    return Mark(text, Join.CLOSE, ends_sentence=True, opens=opens)


def _open(text: str) -> Mark:
    return Mark(text, Join.OPEN)


_LINE = Mark("\n", Join.BREAK)
_PARAGRAPH = Mark("\n\n", Join.BREAK)
_BULLET = Mark("- ", Join.BULLET)
_DASH = Mark("–", Join.LOOSE)
_HYPHEN = Mark("-", Join.TIGHT)
_SLASH = Mark("/", Join.TIGHT)

_ENGLISH = MarkWords(
    {
        **_phrases(_close(","), "comma"),
        **_phrases(_stop("."), "full stop", "period"),
        **_phrases(_stop("?"), "question mark"),
        **_phrases(_stop("!"), "exclamation mark", "exclamation point"),
        **_phrases(_close(";"), "semicolon", "semi colon"),
        **_phrases(_close(":"), "colon"),
        **_phrases(_close("…"), "ellipsis", "dot dot dot"),
        **_phrases(_open('"'), "open quote", "open quotes", "begin quote"),
        **_phrases(_close('"'), "close quote", "close quotes", "end quote", "end quotes"),
        **_phrases(_open("("), "open parenthesis", "open parentheses", "open paren"),
        **_phrases(_close(")"), "close parenthesis", "close parentheses", "close paren"),
        **_phrases(_open("["), "open bracket", "open square bracket"),
        **_phrases(_close("]"), "close bracket", "close square bracket"),
        **_phrases(_DASH, "dash", "en dash"),
        **_phrases(Mark("—", Join.TIGHT), "em dash"),
        **_phrases(_HYPHEN, "hyphen"),
        **_phrases(_SLASH, "slash", "forward slash"),
        **_phrases(Mark("@", Join.TIGHT), "at sign"),
        **_phrases(Mark("_", Join.TIGHT), "underscore"),
        **_phrases(_close("%"), "percent sign"),
        **_phrases(_open("#"), "hashtag", "hash sign"),
        **_phrases(Mark("&", Join.LOOSE), "ampersand"),
        **_phrases(Mark("+", Join.LOOSE), "plus sign"),
        **_phrases(Mark("=", Join.LOOSE), "equals sign", "equal sign"),
        **_phrases(_LINE, "new line", "newline", "next line"),
        **_phrases(_PARAGRAPH, "new paragraph", "next paragraph"),
        **_phrases(_BULLET, "bullet", "bullet point", "new bullet", "next bullet"),
        **_phrases(Correction.LAST, "scratch that", "strike that"),
        **_phrases(Correction.ALL, "scratch everything", "scratch all of that"),
    },
    articles=_set(
        "a an the each every any another my your his her its our their trailing leading oxford"
        " serial terminating without including"
    ),
    pointers=_set("this that"),
    verbs=_set("is was should has must goes looks means belongs there here in before after"),
    spans=_set("during throughout"),
    adjectives=_set(
        "first second third last next final single missing extra only whole same long short big"
        " little new red blue wrong right simple double one more"
    ),
    nouns=_set(
        "character characters key keys symbol symbols separated delimited terminated splice"
        " splices grouping usage"
    ),
    guards=_guards(
        period=Guard(
            before=_set(
                "these some what which whose of per trial grace notice waiting menstrual ice"
                " jurassic victorian"
            ),
            adjectives=_set(
                "time brief certain given early late school lunch historical quiet busy difficult"
            ),
            after=_set("of piece pieces drama dramas pain pains costume costumes property between"),
        ),
        colon=Guard(before=_set("of semi"), after=_set("cancer cleanse and rectum surgery")),
        newline=Guard(after=_set("free mode"), apart=True),
        dash=Guard(
            before=_set("to must will would can could we i they you mad quick i'll we'll let's"),
            after=_set("of to off out across cam cams"),
        ),
        slash=Guard(before=_set("to must will would can could we i they you"), after=_set("and")),
        bullet=Guard(after=_set("train trains hole holes proof wound wounds"), fresh=True),
        bullet_point=Guard(after=_set("list lists")),
        new_line=Guard(
            before=_set("this that whole brand entire same one is of"),
            after=_set("of item items manager managers up"),
        ),
        next_line=Guard(before=_set("this that is of"), after=_set("of item manager is was")),
        ellipsis=Guard(before=_set("of")),
        scratch_that=Guard(
            before=_set(
                "to don't not never can can't cannot will won't would could should might may must"
                " i you we they he she it please didn't doesn't just"
            ),
            after=_set("itch surface"),
        ),
        strike_that=Guard(
            before=_set("to the a i you we they can will would this that labour labor of"),
            after=_set("is was began balance ended day"),
        ),
        scratch_everything=Guard(before=_set("to don't not can will would i you we they")),
    ),
    mentions=(("the", "word"), ("the", "words"), ("the", "term")),
    escapes=(("literal",), ("literally", "the", "word")),
)

_GERMAN = MarkWords(
    {
        **_phrases(_close(","), "komma"),
        **_phrases(_stop("."), "punkt"),
        **_phrases(_stop("?"), "fragezeichen"),
        **_phrases(_stop("!"), "ausrufezeichen", "ausrufungszeichen"),
        **_phrases(_close(";"), "semikolon", "strichpunkt"),
        **_phrases(_close(":"), "doppelpunkt"),
        **_phrases(_close("…"), "auslassungspunkte", "drei punkte"),
        **_phrases(_open("„"), "anführungszeichen auf", "anführungszeichen unten"),
        **_phrases(_close("“"), "anführungszeichen zu", "anführungszeichen oben"),
        **_phrases(_open("("), "klammer auf"),
        **_phrases(_close(")"), "klammer zu"),
        **_phrases(_DASH, "gedankenstrich"),
        **_phrases(_HYPHEN, "bindestrich"),
        **_phrases(_SLASH, "schrägstrich"),
        **_phrases(_LINE, "neue zeile", "nächste zeile", "zeilenumbruch"),
        **_phrases(_PARAGRAPH, "neuer absatz", "nächster absatz"),
        **_phrases(_BULLET, "aufzählungspunkt", "spiegelstrich"),
        **_phrases(Correction.LAST, "streich das", "streiche das", "lösch das", "lösche das"),
        **_phrases(Correction.ALL, "streich alles", "lösch alles"),
    },
    articles=_set(
        "der die das den dem des ein eine einen einem einer eines kein keine keinen jeder jede"
        " jedes jeden mein meine meinen dein sein seine ihr unser dieser diese dieses diesen diesem"
    ),
    pointers=_set("dieses das"),
    verbs=_set("ist war fehlt gehört steht"),
    adjectives=_set(
        "erste ersten zweite zweiten letzte letzten nächste nächsten fehlende fehlenden einzige"
        " einzigen einzelnes einzelnen"
    ),
    nouns=_set("zeichen taste tasten"),
    guards=_guards(
        punkt=Guard(
            before=_set(
                "im am zum vom um wichtige wichtiger wichtigste wichtigsten erste erster ersten"
                " zweite zweiter zweiten dritte dritter dritten nächste nächster nächsten letzte"
                " letzter letzten gute guter guten springende springenden wunde wunden tote toten"
                " pro für einzige einzigen jeder welcher welchen manche"
            ),
            after=_set(
                "für eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf 1 2 3 4 5 6 7 8"
                " 9 10 11 12"
            ),
        ),
        komma=Guard(before=_set("im am")),
        drei_punkte=Guard(before=_set("um mit für"), after=_set("vorsprung rückstand")),
        streich_das=Guard(before=_set("bitte nicht ich")),
        lösch_das=Guard(before=_set("bitte nicht ich"), after=_set("licht feuer")),
    ),
    mentions=(("das", "wort"), ("dem", "wort")),
    escapes=(("wörtlich",),),
)

_FRENCH = MarkWords(
    {
        **_phrases(_close(","), "virgule"),
        **_phrases(_stop("."), "point", "point final"),
        **_phrases(_stop(f"{_NBSP}?"), "point d'interrogation"),
        **_phrases(_stop(f"{_NBSP}!"), "point d'exclamation"),
        **_phrases(_close(f"{_NBSP};"), "point virgule", "point - virgule"),
        **_phrases(_close(f"{_NBSP}:"), "deux points", "deux - points"),
        **_phrases(_close("…"), "points de suspension", "trois petits points"),
        **_phrases(_open(f"«{_NBSP}"), "ouvrir les guillemets", "ouvrez les guillemets"),
        **_phrases(_close(f"{_NBSP}»"), "fermer les guillemets", "fermez les guillemets"),
        **_phrases(_open("("), "ouvrir la parenthèse", "ouvrez la parenthèse"),
        **_phrases(_close(")"), "fermer la parenthèse", "fermez la parenthèse"),
        **_phrases(_DASH, "tiret"),
        **_phrases(_HYPHEN, "trait d'union"),
        **_phrases(_SLASH, "barre oblique"),
        **_phrases(_LINE, "à la ligne", "nouvelle ligne", "retour à la ligne"),
        **_phrases(_PARAGRAPH, "nouveau paragraphe"),
        **_phrases(_BULLET, "puce", "nouvelle puce"),
        **_phrases(Correction.LAST, "efface ça", "effacez ça", "efface cela"),
        **_phrases(Correction.ALL, "efface tout", "effacez tout"),
    },
    articles=_set(
        "un une le la les l' ce cet cette ces du des au aux chaque aucun aucune quel quelle mon ton"
        " son ma ta sa notre votre leur"
    ),
    pointers=_set("ce cette"),
    verbs=_set("est était manque"),
    guards=_guards(
        point=Guard(
            before=_set(
                "à en de tel premier deuxième second dernier bon certain même seul tout quel"
                " gros petit"
            ),
            after=_set("de commun fort faible fixe mort zéro culminant"),
        ),
        deux_points=Guard(
            before=_set("de par en marqué gagné perdu mes tes ses nos vos leurs à"),
            after=_set("de d'avance d'écart"),
        ),
        à_la_ligne=Guard(before=_set("revenir retour aller passer attention")),
        nouvelle_ligne=Guard(before=_set("de"), after=_set("de aérienne")),
        puce=Guard(before=_set("de"), after=_set("électronique"), fresh=True),
        efface_tout=Guard(before=_set("il elle on qui")),
        efface_ça=Guard(before=_set("il elle on qui n' ne")),
    ),
    mentions=(("le", "mot"), ("le", "terme")),
    escapes=(("littéral",),),
)

_SPANISH = MarkWords(
    {
        **_phrases(_close(","), "coma"),
        **_phrases(_stop("."), "punto", "punto y seguido", "punto final"),
        **_phrases(Mark(".\n\n", Join.BREAK, ends_sentence=True), "punto y aparte"),
        **_phrases(_open("¿"), "abrir interrogación", "abre interrogación"),
        **_phrases(
            _stop("?", "¿"),
            "signo de interrogación",
            "cerrar interrogación",
            "cierra interrogación",
        ),
        **_phrases(_open("¡"), "abrir exclamación", "abre exclamación"),
        **_phrases(
            _stop("!", "¡"), "signo de exclamación", "cerrar exclamación", "cierra exclamación"
        ),
        **_phrases(_close(";"), "punto y coma"),
        **_phrases(_close(":"), "dos puntos"),
        **_phrases(_close("…"), "puntos suspensivos"),
        **_phrases(_open("«"), "abrir comillas", "abre comillas"),
        **_phrases(_close("»"), "cerrar comillas", "cierra comillas"),
        **_phrases(_open("("), "abrir paréntesis", "abre paréntesis"),
        **_phrases(_close(")"), "cerrar paréntesis", "cierra paréntesis"),
        **_phrases(_DASH, "raya"),
        **_phrases(_HYPHEN, "guion", "guión"),
        **_phrases(_SLASH, "barra oblicua"),
        **_phrases(_LINE, "nueva línea", "línea nueva"),
        **_phrases(_PARAGRAPH, "nuevo párrafo", "párrafo nuevo"),
        **_phrases(_BULLET, "viñeta", "nueva viñeta"),
        **_phrases(Correction.LAST, "borra eso", "tacha eso", "elimina eso"),
        **_phrases(Correction.ALL, "borra todo", "elimina todo"),
    },
    articles=_set(
        "el la los las un una unos unas este esta ese esa cada ningún ninguna otro otra mi tu su"
        " nuestro nuestra al del"
    ),
    pointers=_set("esa esta"),
    verbs=_set("es está falta"),
    guards=_guards(
        punto=Guard(
            before=_set(
                "en a de cierto qué primer segundo tercer mismo último buen único tal ningun"
            ),
            after=_set("de débil fuerte muerto ciego en"),
        ),
        coma=Guard(before=_set("que en él ella usted lo se sin quien cuando si")),
        dos_puntos=Guard(before=_set("por ganó marcó en de con"), after=_set("de más")),
        raya=Guard(before=_set("se que a de")),
        guion=Guard(before=_set("de buen")),
        borra_todo=Guard(before=_set("se no que lo")),
        borra_eso=Guard(before=_set("se no que lo")),
    ),
    mentions=(("la", "palabra"), ("el", "término")),
    escapes=(("literal",),),
)

MARK_WORDS: Mapping[str, MarkWords] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
}
