"""What people are told about the issue of work summaries."""

from django.utils.translation import gettext_lazy as _

from qixue.people.models import NotificationPreference
from qixue.people.notices import Notice, NoticeKind, register
from qixue.report.models import IssueRequest

register(
    NoticeKind(
        "issue_asked",
        NotificationPreference.Topic.PLANS,
        _("A work summary waits for you to issue it: %(programme)s"),
        _("%(name)s has asked for the issue. A second person has to look at it and issue it."),
    ),
)


def issue_asked(request: IssueRequest) -> Notice:
    programme = request.programme
    return Notice(
        "issue_asked",
        key=f"issue_asked:{request.pk}",
        link=f"/workspace/programmes/{programme.code}/summary/issue/",
        params={"programme": programme.name, "name": request.asker_name},
    )
