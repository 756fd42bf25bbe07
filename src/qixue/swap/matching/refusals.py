"""Why a file is no round, in words. The page that takes want lists and the command line say the same."""


def _(sentence: str) -> str:
    """Marks a sentence for translation: this package knows no Django."""
    return sentence


NO_ROUND = {
    "too_big": _("%(file)s is too big: a round has at most 8 MB."),
    "too_many_items": _("%(name)s items are too many: a round has at most 20,000."),
    "too_many_nodes": _("%(name)s items and dummies are too many: a round has at most 50,000."),
    "too_many_wants": _("%(name)s wants are too many: a round has at most 1,000,000."),
    "encoding": _("%(file)s, line %(line)s: this is not UTF-8."),
    "syntax": _("%(file)s, line %(line)s: this cannot be read: %(name)s"),
    "duplicate": _("%(file)s, line %(line)s: %(name)s is there twice."),
    "unknown": _("%(file)s, line %(line)s: there is no item %(name)s."),
    "self_want": _("%(file)s, line %(line)s: %(name)s wants itself."),
    "own_item": _("%(file)s, line %(line)s: %(name)s belongs to the person who wants it."),
    "foreign_dummy": _("%(file)s, line %(line)s: the dummy %(name)s belongs to another person."),
    "dummy_without_user": _("%(file)s, line %(line)s: the dummy %(name)s needs a person."),
    "dummy_cycle": _("%(file)s, line %(line)s: the dummy %(name)s wants itself, by way of other dummies."),
    "no_kinds": _("%(file)s names no kinds, of which nobody could receive two."),
}
