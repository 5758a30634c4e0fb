"""Words so common that they are names only by accident. Data."""

from __future__ import annotations

from collections.abc import Mapping

_ENGLISH = """
a about above across act action add after again against age ago agree air all almost alone along
already also although always am among an and animal another answer any anyone anything appear apply
are area arm around arrive art as ask at away baby back bad ball bank base be beat beautiful became
because become bed been before began begin behind being believe below best better between big bill
bit black blood blue board boat body book both bottom box boy bread break bring brother brought
build building business busy but buy by call called came can car card care carry case catch cause
cell center central century certain chance change check child children choose church city class
clean clear close cloud cold color come common community company compare complete computer consider
contact contain continue control cook copy corner correct cost could country couple course court
cover create cross cup current cut dance dark data daughter day dead deal death decide deep degree
department describe design detail develop did die difference different difficult dinner direction
discuss do doctor does dog dollar done don't door doubt down draw dream dress drink drive drop dry
due during each early earth east easy eat economy education effect eight either else employee empty
end energy enjoy enough enter entire environment especially even evening event ever every everyone
everything example experience explain eye face fact fall family far farm fast father fear feed feel
feeling feet few field fight figure file fill film final find fine finger finish fire first fish
five floor fly follow food foot for force foreign forget form forward found four free friend from
front full fund future game garden gave general get girl give glass go goes going gold gone good got
government great green ground group grow guess gun had hair half hand hang happen happy hard has
have he head health hear heard heart heat heavy held hello help her here herself high him himself
his history hit hold home hope horse hospital hot hotel hour house how however huge hundred husband
i idea if image imagine important in include increase indeed industry information inside instead
interest into is issue it item its itself job join just keep kept key kid kill kind kitchen knew
know known land language large last late later laugh law lay lead learn least leave left leg less
let letter level lie life light like line list listen little live local long look lose loss lost lot
love low machine made main major make man manage manager many market marriage matter may maybe me
mean measure meet meeting member memory men mention message might mile mind minute miss model modern
moment money month more morning most mother mouth move movement much music must my name nation
national natural nature near nearly necessary need never new news next nice night nine no none nor
north not note nothing notice now number occur of off offer office officer often oh oil ok okay old
on once one only onto open operation or order other our out outside over own page pain paper parent
part particular party pass past patient pattern pay peace people per perfect perhaps period person
phone picture piece place plain plan plant play please point police policy poor popular position
possible power practice prepare present press pretty price print private probably problem process
produce product program project property protect prove provide public pull purpose push put quality
question quick quickly quiet quite race radio rain raise ran rate rather reach read ready real
really reason receive recent record red reduce region remain remember remove report require research
rest result return rich ride right rise risk river road rock role room rule run safe said same sat
save saw say scene school science sea season seat second section see seem seen sell send sense sent
serious serve service set seven several shake shall share she ship shoe shop short shot should
shoulder show side sign similar simple simply since sing single sister sit site six size skill skin
sleep slow small smile so social soft some someone something sometimes son song soon sort sound
south space speak special spend sport spring staff stage stand standard star start state statement
station stay step still stock stop store story street strong student study stuff style subject
success such sudden suddenly suffer suggest summer sun support sure surface system table take talk
task tax teach teacher team tell ten tend term test text than thank thanks that the their them then
there these they thing think third this those though thought thousand three through throw thus time
to today together told tomorrow tonight too took top total touch toward town trade training travel
treat tree trial trip trouble true truth try turn two type under understand unit until up upon us
use usually value various very view visit voice wait walk wall want war warm was watch water way we
weapon wear weather week weight well went were west what when where whether which while white who
whole whom whose why wide wife will win wind window wine wish with within without woman women wonder
won't word words work worker world worry would write wrong yard yeah year yellow yes yesterday yet
you young your yourself
"""
_GERMAN = """
ab aber als am an auch auf aus bei bin bis bist da damit danach dann das dass dem den denn der des
die dies diese dieser dieses doch dort durch ein eine einem einen einer er es etwas für gegen genau
gestern gibt habe haben hat hatte heute hier ich im immer in ist ja jetzt kann kein keine können man
mehr mein meine mit morgen muss nach nein nicht nichts noch nun nur ob oder ohne schon sehr seit
sein sich sind so soll sonst über um und uns unser unter viel vielleicht vom von vor wann war warum
was weil welche wenn wer werden wie wieder will wir wird wo wurde zu zum zur zwischen
"""
_FRENCH = """
à afin ah ainsi alors après assez au aujourd'hui aussi autre aux avant avec avoir beaucoup bien ça
car ce cela ces cet cette chez comme comment dans de demain depuis des donc du elle elles en encore
est et eux faire fait il ils j'ai je jusqu'à la là le les leur lui maintenant mais me merci mon ne
nous on où ou oui par parce pas pendant peut peut-être pour pourquoi puis quand que quel quelle qui
quoi sa sans se si son sont sous sur ta te toi ton toujours tous tout très trop tu un une voici
voilà vous
"""
_SPANISH = """
a ahora al algo antes aquí así aunque ayer bien cada casi como cómo con cuando cuándo de del desde
después donde dónde dos el ella ellos en entonces entre era es esa ese eso esta está están este esto
gracias ha hace hasta hay hoy la las le les lo los luego mañana más me mi mientras muy nada ni no
nos nosotros nunca o os otra otro para pero poco por porque pues que qué quien quién se según ser si
sí siempre sin sobre solo son su también tan tanto te tiene toda todo tu tú un una uno usted y ya yo
"""

COMMON_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(_ENGLISH.split()),
    "de": frozenset(_GERMAN.split()),
    "fr": frozenset(_FRENCH.split()),
    "es": frozenset(_SPANISH.split()),
}
"""By ISO 639-1 code, in lower case. German nouns are left out: they are written with a capital."""
