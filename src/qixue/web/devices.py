"""What a browser says about itself, in the few words by which somebody recognises their own device."""

from django.utils.translation import gettext as _

# The first mark that is found wins: most browsers also name the ones they descend from.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("QQBrowser", "QQ Browser"),
    ("UCBrowser", "UC Browser"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Xiaomi Browser"),
    ("ArkWeb", "ArkWeb"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """Chrome · Windows; a word for those that say nothing we know."""
    kinds = (BROWSERS, SYSTEMS)
    words = [next((word for mark, word in kind if mark in user_agent), "") for kind in kinds]
    names = {"WeChat": _("WeChat"), "DingTalk": _("DingTalk")}
    return " · ".join(names.get(word, word) for word in words if word) or _("Unknown device")
