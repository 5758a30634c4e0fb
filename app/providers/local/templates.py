"""Every command as sentence templates: the one source of the grammar and of the matcher.

The notation is that of `notation`; the slots are those of `slots`. Order matters: the first
template that fits the whole sentence wins.
"""

from __future__ import annotations

from app.providers.local.desk_templates import DESK_SPOKEN, DESK_TYPED
from app.providers.local.intents import Intent
from app.providers.local.memory_templates import MEMORY_SPOKEN, MEMORY_TYPED
from app.providers.local.units import KINDS

FRAGMENTS = {
    "what_is": "(what is|what's)",
    "make": "(set|start|make)",
    "cancel": "(cancel|stop|delete)",
    "read": "(read|show|list|tell me)",
    "write": "(take|make|write|add)",
    "quantity": "({amount:value}|{single:value}) {unit:source}",
    "lead": "[(hey|okay) sayso] [please] [(can|could) you [please]]",
    "tail": "[please]",
}
"""Named pieces of templates. `lead` and `tail` stand around every command."""

SPOKEN: dict[Intent, tuple[str, ...]] = {
    **DESK_SPOKEN,
    **MEMORY_SPOKEN,
    Intent.TIME: (
        "what time is it [now]",
        "<what_is> the [current] time",
        "tell me (the time|what time it is)",
        "do you know (the time|what time it is)",
    ),
    Intent.DATE: (
        "what (day|date) is it [{day}]",
        "what (day|date) (is|was) {day}",
        "<what_is> the date [{day}]",
        "<what_is> {day_of:day} date",
        "tell me (the date|what day it is)",
    ),
    Intent.TIMER_SET: (
        "<make> (a|another) timer for {duration} [called {label}]",
        "<make> a {short_duration:duration} timer [called {label}]",
        "<make> (a|an) {label} timer for {duration}",
        "timer for {duration} [called {label}]",
        "remind me in {duration}",
        "wake me up in {duration}",
    ),
    Intent.TIMER_ASK: (
        "<make> (a|another) timer",
        "<make> (a|an) {label} timer",
    ),
    Intent.TIMER_LENGTH: ("for {duration}",),
    Intent.TIMER_LIST: (
        "how (much time|long) is left [on the [{label}] timer]",
        "how much time do i have left",
        "(what|which) timers are running",
        "(list|show) [all] (the|my) timers",
        "are there any timers",
        "how many timers are (running|there)",
    ),
    Intent.TIMER_CANCEL: (
        "<cancel> (the|my) timer",
        "<cancel> (the|my|all|all the|all my) timers",
        "<cancel> the {label} timer",
    ),
    Intent.CALCULATE: ("(<what_is>|calculate|how much is) {expression}",),
    Intent.CONVERT: tuple(
        template.replace("KIND", kind)
        for kind in KINDS
        for template in (
            "how many {KIND_units:target} (are|are in|are there in) {single:value}"
            " {KIND_unit:source}",
            "how many {KIND_units:target} (are|are in|are there in) {amount:value}"
            " {KIND_units:source}",
            "(<what_is>|how much is|convert) {single:value} {KIND_unit:source} (in|to)"
            " {KIND_units:target}",
            "(<what_is>|how much is|convert) {amount:value} {KIND_units:source} (in|to)"
            " {KIND_units:target}",
        )
    ),
    Intent.NOTE_BEGIN: (
        "<write> (a|another) note",
        "write this down",
    ),
    Intent.NOTE_LIST: (
        "<read> [me] (my|all my) notes",
        "what are my notes",
        "<read> [me] my last {count:limit} notes",
        "(<read> [me]|<what_is>) my {last_note:limit}",
        "do i have any notes",
    ),
    Intent.OPEN_SITE: ("(open|go to|show me) {site}",),
    Intent.OPEN_APP: ("(open|start|launch) [the|my] {app}",),
    Intent.REPEAT: (
        "(repeat|say) that again",
        "repeat that",
        "say it again",
        "what did you say",
    ),
    Intent.STOP: (
        "stop",
        "stop talking",
        "cancel",
        "never mind",
        "forget it",
        "be quiet",
    ),
    Intent.THANKS: (
        "thanks [a lot]",
        "thank you [very much]",
    ),
    Intent.GREETING: (
        "(hello|hi) [there|sayso]",
        "good (morning|afternoon|evening)",
    ),
    Intent.FAREWELL: (
        "(goodbye|bye bye|good night)",
        "see you later",
    ),
    Intent.HELP: (
        "help [me]",
        "what can (you do|i say|i ask you)",
        "what are your commands",
    ),
    Intent.KEY: (
        "what (would|does|can) (a|the) key (add|do)",
        "how do i (add|enter|get) a key",
        "why do i need a key",
    ),
}
"""Sentences that the recognizer listens for: kept few, since every variant can be misheard."""

SPOKEN_RARELY: dict[Intent, tuple[str, ...]] = {
    Intent.TIMER_LENGTH: ("{duration}",),
    Intent.CALCULATE: ("{expression}",),
}
"""Sentences that begin with a bare number: whatever is spoken resembles one, so these are
listened for with less trust."""

TYPED: dict[Intent, tuple[str, ...]] = {
    **DESK_TYPED,
    Intent.TIME: (
        "what time is it right now",
        "<what_is> the [current] time [right] now",
        "do you have the time",
        "[the] [current] time",
    ),
    Intent.DATE: (
        "what (day|date) will it be {day}",
        "(the|{day_of:day}) date",
        "<what_is> the (day|date) [of] [{day}]",
        "date",
    ),
    Intent.TIMER_SET: (
        "<make_any> [(a|another|the|my)] [new] timer [for|of|to] {duration} [<named> {label}]",
        "<make_any> (a|an|another|the|my) {duration} timer [<named> {label}]",
        "<make_any> (a|an|another|the|my) {duration} {label} timer",
        "<make_any> (a|an|another|the|my) {label} timer (for|of|to) {duration}",
        "timer [for] {duration} [<named> {label}]",
        "{duration} timer [<named> {label}]",
        "{label} timer [for] {duration}",
        "remind me in {duration} (to|about|of) {phrase:label}",
        "remind me (to|about|of) {phrase:label} in {duration}",
        "wake me in {duration}",
        "count down [from] {duration}",
    ),
    Intent.TIMER_ASK: ("<make_any> [(a|an|another|the|my)] [new] [{label}] timer",),
    Intent.TIMER_LENGTH: ("[for|make it] {duration}",),
    Intent.TIMER_LIST: (
        "how (much time|long) [is|do i have] left [on (the|my) [{label}] timer]",
        "how much longer",
        "(what|which) timers are (set|active)",
        "(list|show|check|what are) [me] [all] [the|my] (timers|timer)",
        "are there any timers running",
        "do i have any timers [running]",
        "how many timers are (set|active)",
    ),
    Intent.TIMER_CANCEL: (
        "<cancel_any> [(the|my|this|that|all|all the|all my|all of the|all of my)] (timer|timers)",
        "<cancel_any> [(the|my)] {label} timer",
    ),
    Intent.CALCULATE: (
        "[<what_is>|compute|work out|how much are|tell me|tell me what is] {expression}",
        "what does {expression} (make|equal)",
        "<what_is> {expression} (equal to|equal)",
    ),
    Intent.CONVERT: (
        "how many {unit:target} (are|make|makes|equal|is in|is|are there in|are in) <quantity>",
        "[<what_is>|how much is|how much are|convert|change|turn] <quantity> (in|to|into|as)"
        " {unit:target}",
        "how (far|long|hot|cold|heavy|fast|tall|high|deep|wide|warm) is <quantity> in"
        " {unit:target}",
    ),
    Intent.NOTE_BEGIN: (
        "<write_any> (a|another) [new|quick] note",
        "note (something|this) [down]",
        "write something down",
        "new note",
    ),
    Intent.NOTE_LIST: (
        "<read_any> [me] (my|the|all my|all the|all of my) notes",
        "what (is|are) [in|on] (my|the) notes",
        "what's in (my|the) notes",
        "<read_any> [me] (my|the) last {count:limit} notes",
        "(<read_any> [me]|<what_is>) (my|the) {last_note:limit}",
        "what did i (note|write down)",
        "(my|any|last {count:limit}) notes",
        "notes",
    ),
    Intent.NOTE_ADD: (
        "<write_any> (a|another) [new|quick] note [that|to self|to|of|saying] {text}",
        "note [that|to self|down] {text}",
        "write down [that] {text}",
        "remember to {text}",
        "add {phrase:text} to (my|the) (notes|list)",
    ),
    Intent.OPEN_SITE: (
        "(open|open up|go to|visit|show me|show) [the] [website|site|page] {site}"
        " [website|site|page]",
    ),
    Intent.OPEN_APP: (
        "(open|open up|start|launch|run) [the|my|a] {app} [app]",
        "(open|launch) [the|my] {app_name:app}",
    ),
    Intent.REPEAT: (
        "(repeat|say) (that|it) [again]",
        "repeat",
        "sorry [what did you say]",
        "say again",
        "(come|once) again",
        "pardon [me]",
    ),
    Intent.STOP: (
        "stop (it|that|this)",
        "cancel (it|that|this)",
        "nevermind",
        "forget (it|that|about it)",
        "quiet",
        "that's (all|it)",
        "[(okay|all right)] (okay|all right|good|great|fine)",
    ),
    Intent.THANKS: ("[(okay|all right)] (thanks|many thanks|thank you) [so much|very much|a lot]",),
    Intent.GREETING: ("(hello|hi|hey) [there|sayso]",),
    Intent.FAREWELL: ("(bye|see you|see you soon|good bye)",),
    Intent.HELP: (
        "what do you (understand|know)",
        "(show|list) [me] (your|the|all) commands",
        "(help|commands)",
        "how does this work",
    ),
    Intent.LOOK: (
        "look at [my|the|this] (screen|window|page|picture)",
        "what is (on|in) [my|the|this] (screen|window|picture)",
        "what do you see",
        "what does this [error] [message] mean",
    ),
    Intent.KEY: (
        "what (would|will|does|do|can|could) (a|the|my) key (add|do|change|give me)",
        "what (could|can) you do with a key",
        "(why|how) (do|would|should|can) i (need|want|add|enter|get|set) a key",
        "what (is|do i need) (a|the) key for",
        "add a key",
    ),
    **MEMORY_TYPED,
}
"""More ways to write the same; they are tried after all that can be spoken."""

TYPED_FRAGMENTS = {
    "make_any": "(set|start|make|create|add|put on|begin|new)",
    "cancel_any": "(cancel|stop|delete|remove|clear|end|turn off|kill)",
    "named": "(called|named|for) [the|my]",
    "write_any": "(take|make|write|add|create|save|leave|write down)",
    "read_any": "(read|show|list|tell|give|read out|read back)",
}
"""Named pieces of what is typed."""
