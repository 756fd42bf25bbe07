"""Every word of the door app, by the name under which its scripts and its page ask for it. `{count}` and the like are
filled in by the app."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

FRAME = {
    "door": pgettext_lazy("door", "Door"),
    "back": pgettext_lazy("door", "Back"),
    "choose_session": _("Which session is this door for?"),
    "change_session": _("Other session"),
    "no_sessions": _("This device has no session today. Please ask the organiser for a new link."),
    "loading": _("One moment, the list is being fetched."),
    "without_script": _("This page needs JavaScript. Please switch it on, or use another browser."),
    "unsupported": _("This browser cannot keep the list"),
    "unsupported_help": _(
        "Please tap the three dots at the top right and choose “Open in browser”, or copy the link into Chrome, Edge"
        " or Safari. A private window does not work either."
    ),
    "copy_link": _("Copy the link"),
    "link_copied": _("The link is copied. Paste it into the address line of the other browser."),
    "link_marked": _("The link is marked: please hold your finger on it and copy it."),
    "unsent": _("Not sent: {count}"),
    "all_sent": _("All sent"),
    "online": pgettext_lazy("door", "Online"),
    "offline": _("No network"),
    "inside": _("Checked in: {count} of {total}"),
    "walk_ins_here": _("Walk-ins on this device: {count}"),
    "outside_hours": _(
        "It is more than two hours before the start or after the end. Entries are kept, and a person looks at them."
    ),
    "set_aside": _("Waiting for a person at the organiser's: {count}"),
    "revoked": _("This device may no longer send"),
    "revoked_help": _(
        "The organiser has ended its link. Nothing is lost: {count} not sent yet. Please save the file and hand it to"
        " the organiser; a new link sends only what comes after it."
    ),
    "exported": _("Saved as a file: {time}"),
    "erase_revoked": _("Remove its entries from this phone"),
    "erase_saved_sure": _("They are not sent and exist only in the file that was saved. Is it with the organiser?"),
    "over": _("The hours of this device are over"),
    "over_help": _("Its list of names is gone. What is not sent yet can still be sent for seven days."),
    "clock_off": _("The clock of this device is {minutes} min off. Times are put right when they are sent."),
    "update": _("A new version is ready. It takes two seconds; scans stay."),
    "update_now": _("Update now"),
    "storage_full": _("This device could not save that. Please free some space and try again."),
}
SETUP = {
    "welcome": _("Set up this device"),
    "welcome_help": _("Open the link that the organiser gave you, or paste it here. You need the network once."),
    "link": _("Link of this device"),
    "set_up": pgettext_lazy("door", "Set up"),
    "link_wrong": _("Please paste the whole link, for example https://…/door/#…"),
    "new_link": _("Paste a new link"),
    "link_refused": _("A link that was opened here is not valid any more. Please ask the organiser for a new one."),
    "link_waits": _("The link is kept. As soon as there is a network, the list is fetched."),
}
WAYS = {
    "scan": pgettext_lazy("door", "Scan"),
    "code": pgettext_lazy("door", "Six digits"),
    "name": pgettext_lazy("door", "Name"),
    "walk_in": pgettext_lazy("door", "Walk-in"),
    "head_count": pgettext_lazy("door", "Head count"),
    "scan_help": _("Hold the QR code of the ticket in front of the camera."),
    "ticket_text": _("Or: hand scanner"),
    "ticket_missing": _("Please scan the QR code of the ticket, or look for the name."),
    "check": pgettext_lazy("door", "Check"),
    "camera_on": _("Start the camera"),
    "camera_off": _("Stop the camera"),
    "light": pgettext_lazy("door", "Light"),
    "camera_denied": _(
        "This page may not use the camera. Please allow it in the settings of the browser and press the button again,"
        " or take a photo of the code."
    ),
    "camera_refused": _("There is no camera, or another app uses it. Take a photo of the code, or look for the name."),
    "camera_lost": _("The camera has stopped. Please start it again."),
    "several_codes": _("Several codes are in view, and none is checked. Please show one at a time."),
    "photo_of_code": _("Photo of the code"),
    "no_code_in_photo": _("No code was found in the photo. Please go closer and hold still."),
    "six_digits": _("The 6 digits on the ticket"),
    "digits_wrong": _("Please enter the 6 digits on the ticket and nothing else, for example 048 213."),
    "part_of_name": _("A part of the name"),
    "nobody_found": _("Nobody with this name is on the list. Look for one character only, or use “Walk-in”."),
    "more_found": _("{count} more. Please type more of the name."),
    "state_waiting": pgettext_lazy("door", "Waiting list"),
    "state_inside": pgettext_lazy("door", "Already in"),
    "walk_in_help": _("For somebody without a registration. The name may stay empty."),
    "walk_in_name": _("Name (optional)"),
    "add_walk_in": _("Add one person"),
    "whom_everybody": _(
        "Count everybody who was there, those who were counted one by one as well; the larger number stands. Staff,"
        " speakers and volunteers on duty are not counted."
    ),
    "whom_others": _(
        "Count only people who were not counted one by one; both numbers are added. Staff, speakers and volunteers on"
        " duty are not counted."
    ),
    "counted_already": _(
        "Counted one by one already, as far as this device knows: {inside} who are signed up, {walk_ins} walk-ins here."
    ),
    "count": _("How many people"),
    "count_of_others": _("How many others"),
    "qualifier": _("The number is"),
    "exact": _("Exact"),
    "about": _("An estimate"),
    "sheet": _("Photo of the sign-in sheet"),
    "one_of_two": pgettext_lazy("after a label", " (one of the two)"),
    "note": _("What the number stands on"),
    "note_help": _("For example: sign-in sheet, 2 pages; counted at the door by two volunteers."),
    "save_count": _("Save the count"),
    "count_wrong": _("Please enter a whole number, for example 37."),
    "qualifier_missing": _("Please say whether the number is exact or an estimate."),
    "evidence_missing": _("Please add a photo of the sign-in sheet, or write what the number stands on."),
    "photo_wrong": _(
        "This photo cannot be read and is taken off. Choose another one, or go on without it and save once more."
    ),
}
VERDICTS = {
    "in": pgettext_lazy("door", "Welcome"),
    "in_help": _("Checked in."),
    "in_unlisted": _("Checked in. Not yet on this device's list; the ticket is genuine."),
    "already": pgettext_lazy("door", "Already in"),
    "already_help": _("Checked in at {time}. If this is another person, ask for their own ticket."),
    "waiting": pgettext_lazy("door", "Waiting list"),
    "waiting_help": _("No seat yet. Please let them wait; the organiser decides who gets a free seat."),
    "cancelled": _("Not valid any more"),
    "cancelled_help": _("This registration was cancelled. They can come in as a walk-in if there is room."),
    "wrong_session": _("Another session"),
    "wrong_session_help": _(
        "This ticket is for: {session}, {starts}. Please show them the way. Nobody is counted here; the organiser looks"
        " at the entry."
    ),
    "session_not_here": _(
        "This ticket is for a session that is not on this device. Its name stands on the ticket; please show them the"
        " way. Nobody is counted here; the organiser looks at the entry."
    ),
    "not_now": _("Not the time of this session"),
    "not_now_help": _(
        "By this phone it is {now}. The session starts {starts}. The entry is kept and does not count yet: the"
        " organiser decides."
    ),
    "session_off": _("This session does not take place"),
    "session_off_help": _("It was called off or put off. The entry is kept and does not count; the organiser sees it."),
    "expired": pgettext_lazy("door", "Expired"),
    "expired_help": _("This ticket was for a session that is over. Please look for the person by name."),
    "forged": pgettext_lazy("door", "No valid ticket"),
    "forged_help": _("The code is not a ticket of this site, or it was altered. Please look for the person by name."),
    "unknown_key": _("Cannot be checked"),
    "unknown_key_help": _("This device lacks the key of this ticket. Please look for the person by name."),
    "unknown_code": _("Unknown code"),
    "unknown_code_help": _("Nobody in this session has this code. Please compare the digits, or look for the name."),
    "put_aside": _("Not counted yet: the organiser decides"),
    "walked_in": _("One walk-in added"),
    "walked_in_help": _("Welcome!"),
    "counted": _("Count saved: {count}"),
    "counted_help": _("It is sent with the other entries."),
    "count_waits": _("Count saved, to be looked at"),
    "count_waits_help": _(
        "{count}. It is before the start or long after the end, so it counts once the organiser has accepted it."
    ),
    "count_second": _("{count}. There is a count of this session already; the organiser decides which one holds."),
    "companions": _("Came with them"),
    "check_in_all": _("Check in all ({count})"),
    "check_in_one": pgettext_lazy("door", "Check in"),
    "all_in": _("All checked in: {count}"),
}
DEVICE = {
    "this_device": _("This device"),
    "device_name": _("Device: {name}"),
    "until": _("Valid until {time}"),
    "last_sync": _("Last sent and fetched: {time}"),
    "never": pgettext_lazy("door", "not yet"),
    "sync_now": _("Send now"),
    "sync_failed": _("The server cannot be reached. Everything stays here and is sent later."),
    "sync_trouble": _(
        "Could not be sent: {count}. The other entries are not held up, and these are tried again. Why stands below. If"
        " it does not help, please save the file and hand it over."
    ),
    "stuck_slow": _("Sending it took too long."),
    "stuck_failed": _("The server could not take it."),
    "export": _("Save all entries as a file"),
    "export_help": _("The last way out: hand the file to the organiser if this device cannot send."),
    "recent": _("Latest entries"),
    "nothing_yet": _("Nothing yet."),
    "sent_counted": pgettext_lazy("door", "sent"),
    "sent_already_in": pgettext_lazy("door", "sent, was already in"),
    "sent_review": pgettext_lazy("door", "sent, a person looks at it"),
    "sent_accepted": pgettext_lazy("door", "sent, the organiser has counted it"),
    "sent_rejected": pgettext_lazy("door", "sent, the organiser does not count it"),
    "ticket": pgettext_lazy("door", "Ticket"),
    "sent_refused": pgettext_lazy("door", "sent, not counted"),
    "not_sent": pgettext_lazy("door", "not sent"),
    "erase": _("Remove everything from this device"),
    "erase_help": _("When the day is over. Possible once all entries are sent."),
    "erase_sure": _("Names and entries of this device will be gone. Remove them?"),
}
WORDS = {**FRAME, **SETUP, **WAYS, **VERDICTS, **DEVICE}
OTHER_LANGUAGE = {"zh-hans": "English", "en": "中文"}


def words(language: str) -> dict[str, str]:
    """All of them in one language."""
    with override(language):
        return {**{key: str(text) for key, text in WORDS.items()}, "other_language": OTHER_LANGUAGE[language]}
