"""Which services may be used, how each is addressed, and what became of handing a message over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

from hospice.core.errors import Objection

TO = "{to}"  # where the person's address goes
NAME_MAXIMUM = 80
SECRET_MAXIMUM = 500
ADDRESS_MAXIMUM = 80
SHOWN = 4  # characters of a secret that are ever shown again
_SHORT_KEY = 15


class Addressed(StrEnum):
    """What a service calls the address of a person; a group has none."""

    PHONE = "phone"  # a mobile number
    USER = "user"  # a name or number that the service gave them
    GROUP = "group"


class Sort(StrEnum):
    """What kind of service it is, as the list of them is grouped."""

    SMS = "sms"
    CHAT = "chat"
    GROUP = "group"


@dataclass(frozen=True)
class Scheme:
    """A service that may be used; `form` is what an administrator fills in."""

    name: str
    label: str
    form: str
    plugin: str  # the module of apprise that speaks to it, and the class in it
    addressed: Addressed = Addressed.PHONE
    is_paid: bool = False
    is_text: bool = False  # it arrives among the text messages of a telephone
    # Its host stands in the address, so it could be any machine; `plain` is the name without TLS.
    plain: str = ""
    # How the address looks that the service itself gives out, and what becomes of it.
    copied: str = ""

    @property
    def sort(self) -> Sort:
        """Return the kind of service."""
        if self.addressed is Addressed.GROUP:
            return Sort.GROUP
        return Sort.SMS if self.is_text else Sort.CHAT

    @property
    def is_self_hosted(self) -> bool:
        """Tell whether the address names the machine, which a service's own address never does."""
        return bool(self.plain)


def _sms(name: str, label: str, form: str, plugin: str) -> Scheme:
    return Scheme(name, label, form, plugin, is_paid=True, is_text=True)


def _group(
    name: str, label: str, form: str, plugin: str, *, copied: str = "", plain: str = ""
) -> Scheme:
    return Scheme(name, label, form, plugin, Addressed.GROUP, plain=plain, copied=copied)


# The only services there are. Apprise knows 170 more; those that send anywhere (json, xml, form),
# write to this machine (syslog, dbus, file) or run programs must never come into this table.
SCHEMES: Mapping[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        _sms(
            "twilio", "Twilio", "twilio://ACCOUNT_SID:AUTH_TOKEN@FROM/{to}", "twilio:NotifyTwilio"
        ),
        _sms("vonage", "Vonage", "vonage://KEY:SECRET@FROM/{to}", "vonage:NotifyVonage"),
        _sms("plivo", "Plivo", "plivo://AUTH_ID@TOKEN/FROM/{to}", "plivo:NotifyPlivo"),
        _sms("sinch", "Sinch", "sinch://PLAN_ID:API_TOKEN@FROM/{to}", "sinch:NotifySinch"),
        _sms("msgbird", "MessageBird", "msgbird://KEY/FROM/{to}", "messagebird:NotifyMessageBird"),
        _sms("clicksend", "ClickSend", "clicksend://USER:KEY@{to}", "clicksend:NotifyClickSend"),
        _sms("bulksms", "BulkSMS", "bulksms://USER:PASSWORD@{to}", "bulksms:NotifyBulkSMS"),
        _sms("seven", "seven", "seven://KEY/{to}", "seven:NotifySeven"),
        _sms("46elks", "46elks", "46elks://USER:PASSWORD@FROM/{to}", "fortysixelks:Notify46Elks"),
        _sms(
            "atalk",
            "Africa’s Talking",
            "atalk://USER@KEY/{to}",
            "africas_talking:NotifyAfricasTalking",
        ),
        Scheme(
            "whatsapp",
            "WhatsApp",
            "whatsapp://TOKEN@PHONE_ID/{to}",
            "whatsapp:NotifyWhatsApp",
            is_paid=True,
        ),
        Scheme(
            "signals",
            "Signal",
            "signals://HOST/FROM/{to}",
            "signal_api:NotifySignalAPI",
            plain="signal",
        ),
        Scheme(
            "wechat",
            "企业微信 · WeCom",
            "wechat://CORP_ID:SECRET@AGENT_ID/{to}",
            "wechat:NotifyWeChat",
            addressed=Addressed.USER,
        ),
        Scheme(
            "wxpusher",
            "WxPusher",
            "wxpusher://APP_TOKEN/{to}",
            "wxpusher:NotifyWxPusher",
            addressed=Addressed.USER,
        ),
        Scheme(
            "tgram",
            "Telegram",
            "tgram://BOT_TOKEN/{to}",
            "telegram:NotifyTelegram",
            addressed=Addressed.USER,
        ),
        Scheme("line", "LINE", "line://TOKEN/{to}", "line:NotifyLine", addressed=Addressed.USER),
        Scheme(
            "ntfys",
            "ntfy",
            "ntfys://HOST/{to}",
            "ntfy:NotifyNtfy",
            addressed=Addressed.USER,
            plain="ntfy",
        ),
        _group(
            "wecombot",
            "企业微信群 · WeCom",
            "wecombot://KEY",
            "wecombot:NotifyWeComBot",
            copied=r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([\w-]+)",
        ),
        _group(
            "dingtalk",
            "钉钉群 · DingTalk",
            "dingtalk://TOKEN",
            "dingtalk:NotifyDingTalk",
            copied=r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)",
        ),
        _group(
            "feishu",
            "飞书群 · Feishu",
            "feishu://TOKEN",
            "feishu:NotifyFeishu",
            copied=r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)",
        ),
        _group(
            "lark",
            "Lark",
            "lark://TOKEN",
            "lark:NotifyLark",
            copied=r"https://open\.larksuite\.com/open-apis/bot/v2/hook/([\w-]+)",
        ),
        _group(
            "slack",
            "Slack",
            "slack://TOKEN_A/TOKEN_B/TOKEN_C",
            "slack:NotifySlack",
            copied=r"https://hooks\.slack\.com/services/(\w+/\w+/\w+)",
        ),
        _group(
            "discord",
            "Discord",
            "discord://ID/TOKEN",
            "discord:NotifyDiscord",
            copied=r"https://discord(?:app)?\.com/api/webhooks/(\d+/[\w-]+)",
        ),
        _group(
            "mmosts",
            "Mattermost",
            "mmosts://HOST/KEY",
            "mattermost:NotifyMattermost",
            plain="mmost",
        ),
    )
}


def own_form(scheme: Scheme, typed: str) -> str:
    """Return a secret address as we keep it: what the service's page shows may be pasted."""
    found = re.fullmatch(scheme.copied, typed) if scheme.copied else None
    return f"{scheme.name}://{found[1]}" if found else typed


def secret_objections(scheme: Scheme, url: str, *, is_own_host: bool) -> list[Objection]:
    """Return what is wrong with a secret address.

    Options after a question mark are refused: with them apprise reads files of this machine
    (`template=`), fetches other addresses (`attach=`) and trusts any certificate (`verify=no`).
    A machine that only this network knows must be allowed expressly, and so must talking to it
    without encryption.
    """
    kinds: list[str] = []
    name, separator, rest = url.partition("://")
    is_plain = bool(scheme.plain) and name == scheme.plain
    if not separator or not rest or (name != scheme.name and not is_plain):
        kinds.append("wrong_form")
    elif not url.isprintable() or any(mark in url for mark in " ?#\\"):
        kinds.append("has_options")
    elif (url.count(TO) == 1) == (scheme.addressed is Addressed.GROUP) or url.count(TO) > 1:
        kinds.append("to_in_group" if scheme.addressed is Addressed.GROUP else "no_to")
    elif scheme.is_self_hosted and not is_own_host:
        if is_plain:
            kinds.append("plain_host")
        elif not looks_public(host_of(url)):
            kinds.append("private_host")
    return [Objection(kind, field="secret") for kind in kinds]


def host_of(url: str) -> str:
    """Return the host that an address names; empty when it cannot be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def filled(url: str, address: str) -> str:
    """Return a secret address with the person's own in it; it cannot add to the rest."""
    return url.replace(TO, quote(address, safe="+"))


def shown(secret: str) -> str:
    """Return what is shown of a secret: the last four characters of the key in it."""
    parts = re.split(r"[:/@]+", secret.partition("://")[2].replace(TO, ""))
    keys = [part for part in parts if len(part) > _SHORT_KEY]  # the last: names come before keys
    return (keys or [max(parts, key=len)])[-1][-SHOWN:]


_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_USER = re.compile(r"[\w.@:+-]{2,80}", re.ASCII)


def normal_address(scheme: Scheme, typed: str) -> str | None:
    """Return an address as the service wants it; None when it cannot be one.

    Two numbers in one field would be two messages: whatever separates them is refused. Without its
    country code a number may be that of a stranger abroad.
    """
    if scheme.addressed is Addressed.PHONE:
        plain = re.sub(r"[ ().-]", "", typed.strip())
        plain = f"+{plain[2:]}" if plain.startswith("00") else plain
        return plain if _PHONE.fullmatch(plain) else None
    if scheme.addressed is Addressed.USER:
        return typed.strip() if _USER.fullmatch(typed.strip()) else None
    return None


def masked(address: str) -> str:
    """Return an address as a list of tries keeps it: "…0142", "v…@example.org"."""
    name, at, host = address.rpartition("@")
    if at:
        return f"{name[:1]}…@{host}"
    return f"…{address[-4:]}" if len(address) > 6 else "…"


# --- which machines may be reached ----------------------------------------------------------------

_NAT64 = IPv6Network("64:ff9b::/96")
_INNER_NAMES = (".local", ".internal", ".lan", ".home", ".corp", ".localhost", ".home.arpa")


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the internet, whatever it is dressed up as."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner: IPv4Address | None = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if found.teredo is not None:
            return False
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return found.is_global and not found.is_multicast


def looks_public(host: str) -> bool:
    """Tell whether a host looks like one of the internet; what it resolves to is looked at later.

    A number that is not written as four ("2130706433", "0x7f.1") is no name anybody gave.
    """
    plain = host.lower().rstrip(".")
    if ":" in plain:
        return is_public(plain)
    last = plain.rpartition(".")[2]
    if not last or last[0].isdigit():
        return is_public(plain)
    return "." in plain and not plain.endswith(_INNER_NAMES)


# --- what became of it ----------------------------------------------------------------------------


class Outcome(StrEnum):
    """How far handing a message over got."""

    TAKEN = "taken"
    REFUSED = "refused"  # it will never take this message for this address
    DENIED = "denied"  # it does not accept us: a wrong key, an account without money
    LATER = "later"  # it asks to try again
    UNREACHABLE = "unreachable"  # nothing was handed over
    UNKNOWN = "unknown"  # it may have arrived


@dataclass(frozen=True)
class Answer:
    """What became of handing a message to a service."""

    outcome: Outcome
    detail: str = ""


class Cut(StrEnum):
    """How a conversation ended without an answer."""

    FORBIDDEN = "forbidden"  # it would have gone to a machine that is not allowed
    BEFORE = "before"  # there was no connection
    AFTER = "after"  # the question had left, or part of it


def answer(is_taken: bool, heard: Sequence[int | Cut], *, is_paid: bool, words: str = "") -> Answer:
    """Read what a service answered; `heard` are its statuses, one for each thing it was asked.

    A gateway that lost the answer (502, 504) may have passed the question on. So may a server
    that fell over it (500): where each message costs, that is asked about and not repeated.
    """
    if is_taken:
        return Answer(Outcome.TAKEN)
    if not heard:  # it was not even asked: the address or the secret made no sense
        return Answer(Outcome.REFUSED, words)
    last = heard[-1]
    if isinstance(last, Cut):
        outcome = {
            Cut.FORBIDDEN: Outcome.DENIED,
            Cut.BEFORE: Outcome.UNREACHABLE,
            Cut.AFTER: Outcome.UNKNOWN,
        }[last]
        return Answer(outcome, words)
    detail = f"{last} {words}".strip()
    if last in {401, 402, 403, 407}:
        return Answer(Outcome.DENIED, detail)
    if last in {502, 504} or (last == 500 and is_paid):
        return Answer(Outcome.UNKNOWN, detail)
    if last in {408, 425, 429} or last >= 500:
        return Answer(Outcome.LATER, detail)
    return Answer(Outcome.REFUSED, detail)


@dataclass(frozen=True)
class ChannelFacts:
    """What an administrator writes down about a channel; an empty secret keeps the one there is."""

    name: str
    secret: str
    is_paid: bool
    is_own_host: bool
