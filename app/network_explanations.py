"""What each code of the network and of servers means. `{detail}` is filled in by the error."""

from __future__ import annotations

from app.error_codes import Action, Category, Code, Explanation

_E = Explanation
_C = Category
NETWORK_EXPLANATIONS: dict[Code, Explanation] = {
    Code.OFFLINE: _E(
        _C.NETWORK,
        "There is no connection to the internet.",
        "What you said is kept. Sayso goes on when the connection is back.",
        Action.RETRY,
    ),
    Code.SIGN_IN_PAGE: _E(
        _C.NETWORK,
        "The network asks you to sign in.",
        "Open any page in your browser, sign in there, then try again.",
        Action.RETRY,
    ),
    Code.PROXY_INVALID: _E(
        _C.NETWORK,
        "The proxy in {detail} cannot be used.",
        "It looks like http://host:port. Correct the variable, then start Sayso again.",
        Action.OPEN_HELP,
    ),
    Code.PROXY_REFUSED: _E(
        _C.NETWORK,
        "The proxy did not let Sayso through to {detail}.",
        "Check the address and the sign-in in HTTPS_PROXY.",
        Action.OPEN_HELP,
    ),
    Code.SERVER_ADDRESS_INVALID: _E(
        _C.USAGE,
        "“{detail}” is not a server address.",
        "It looks like https://host/v1. Change it in the settings.",
        Action.CHANGE_SERVER,
    ),
    Code.SERVER_UNREACHABLE: _E(
        _C.NETWORK,
        "{detail} cannot be reached.",
        "Check the network, then try again.",
        Action.RETRY,
    ),
    Code.SERVER_SILENT: _E(
        _C.NETWORK,
        "{detail} did not answer in time.",
        "Try again, or change the server.",
        Action.RETRY,
    ),
    Code.SERVER_NOT_API: _E(
        _C.SERVER,
        "{detail} answered, but not as an OpenAI-compatible server does.",
        "Check its address; most end in /v1.",
        Action.CHANGE_SERVER,
    ),
    Code.SERVER_CUT_OFF: _E(
        _C.NETWORK,
        "{detail} broke off in the middle.",
        "What arrived is kept. Let it go on from there.",
        Action.CONTINUE,
    ),
    Code.SERVER_ERROR: _E(
        _C.SERVER,
        "{detail} had an error of its own.",
        "Try again in a moment.",
        Action.RETRY,
    ),
    Code.SERVER_BUSY: _E(
        _C.SERVER,
        "{detail} is busy.",
        "Try again in a moment.",
        Action.RETRY,
    ),
    Code.TLS_UNTRUSTED: _E(
        _C.NETWORK,
        "The identity of {detail} could not be verified.",
        "If it has a certificate of its own, name the file in SSL_CERT_FILE.",
        Action.OPEN_HELP,
    ),
    Code.TLS_EXPIRED: _E(
        _C.NETWORK,
        "The certificate of {detail} is not valid on this date.",
        "Check this computer's clock. If it is right, the server must renew its certificate.",
        Action.RETRY,
    ),
    Code.TLS_OTHER_HOST: _E(
        _C.NETWORK,
        "Another server answered in the place of {detail}.",
        "Check the address. Some networks want you to sign in through a browser first.",
        Action.CHANGE_SERVER,
    ),
    Code.CERTIFICATES_UNREADABLE: _E(
        _C.NETWORK,
        "The certificates in {detail} cannot be read.",
        "Correct the variable, then start Sayso again.",
        Action.OPEN_HELP,
    ),
    Code.QUOTA_SPENT: _E(
        _C.KEY,
        "The account at {detail} has no credit left.",
        "Add credit there, or use what is built in.",
        Action.USE_BUILT_IN,
    ),
    Code.ACCOUNT_CLOSED: _E(
        _C.KEY,
        "The account at {detail} is closed.",
        "Use the key of another account, or what is built in.",
        Action.ENTER_KEY,
    ),
    Code.MODEL_UNKNOWN: _E(
        _C.SERVER,
        "The server does not know the model {detail}.",
        "Choose another one in the settings, or install it on your own server.",
        Action.CHANGE_SERVER,
    ),
    Code.MODEL_LOADING: _E(
        _C.SERVER,
        "{detail} is still loading its model.",
        "Try again in a moment.",
        Action.RETRY,
    ),
    Code.REQUEST_REFUSED: _E(
        _C.SERVER,
        "{detail} refused the request.",
        "Choose another model, or try again.",
        Action.CHANGE_SERVER,
    ),
    Code.REQUEST_TOO_LARGE: _E(
        _C.SERVER,
        "This was more than {detail} takes at once.",
        "Say it in shorter parts.",
    ),
    Code.CONVERSATION_TOO_LONG: _E(
        _C.SERVER,
        "The conversation is too long for the model {detail}.",
        "Begin a new one, or choose another model.",
        Action.NEW_CONVERSATION,
    ),
    Code.REPLY_TOO_LONG: _E(
        _C.SERVER,
        "{detail} stopped because the reply became too long.",
        "What it said is kept. Let it go on from there.",
        Action.CONTINUE,
    ),
    Code.CONTENT_REFUSED: _E(
        _C.SERVER,
        "{detail} does not answer this for reasons of content.",
        "Say it in other words.",
    ),
    Code.REGION_REFUSED: _E(
        _C.DENIED,
        "{detail} does not serve the country you are in.",
        "Use another server, or what is built in.",
        Action.USE_BUILT_IN,
    ),
    Code.ACCESS_DENIED: _E(
        _C.DENIED,
        "The key is not allowed to do this at {detail}.",
        "Use another key, or change the key's rights there.",
        Action.ENTER_KEY,
    ),
    Code.FELL_BACK: _E(
        _C.NETWORK,
        "{detail} for now.",
        "Sayso goes back by itself as soon as it can.",
    ),
    Code.BACK_AGAIN: _E(
        _C.NETWORK,
        "{detail} again.",
        "",
    ),
    Code.REALTIME_AWAY: _E(
        _C.NETWORK,
        "{detail} The conversation goes on turn by turn.",
        "Sayso goes back to realtime by itself as soon as it can.",
        Action.REALTIME_SETTINGS,
    ),
    Code.REALTIME_BACK: _E(
        _C.NETWORK,
        "Realtime is back.",
        "",
    ),
    Code.REALTIME_LIMIT: _E(
        _C.USAGE,
        "The limit for realtime is spent for today.",
        "The conversation goes on turn by turn until midnight. The limit is yours to change.",
        Action.REALTIME_SETTINGS,
    ),
}
