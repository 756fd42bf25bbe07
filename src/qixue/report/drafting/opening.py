"""The opening and the section on leadership: on what basis, by whom, at what scale."""

from qixue.programme.models import Activity, Involvement, Passage, Programme, Session
from qixue.report.drafting.leadership import group_text, tasks_text
from qixue.report.drafting.material import Material, facts, figure_run, paragraph, statement
from qixue.report.drafting.programme_facts import fact_run
from qixue.report.official_document import Block, Run
from qixue.report.phrases import clauses, enumeration, sentence
from qixue.report.stage import Stage

Role = Involvement.Role
Topic = Passage.Topic
WORK = {Stage.BEFORE: "正在筹备", Stage.RUNNING: "正在组织开展", Stage.OVER: "组织开展了"}


def organisations(material: Material, role: str) -> list[str]:
    """Canonical names of the organisations with a role in the programme or its launch ceremony."""
    ceremony = Activity.objects.filter(programme=material.programme, kind=Activity.Kind.LAUNCH_CEREMONY)
    involvements = Involvement.objects.filter(role=role, activity__in=ceremony) | Involvement.objects.filter(
        role=role, programme=material.programme
    )
    names = involvements.order_by("position", "pk").values_list("organisation__name", flat=True)
    return list(dict.fromkeys(names))


def basis_text(programme: Programme) -> str:
    """为贯彻落实《…》精神，根据《…》（〔2016〕77号）要求 — plans without a number first, numbered notices after."""
    plans, notices = [], []
    for basis in programme.legal_bases.order_by("position", "pk"):
        if basis.document_number:
            notices.append(f"《{basis.name}》（{basis.document_number}）")
        else:
            plans.append(f"《{basis.name}》")
    parts = [f"为贯彻落实{enumeration(plans)}精神"] if plans else []
    parts += [f"根据{enumeration(notices)}要求"] if notices else []
    return clauses(parts)


def opening(material: Material) -> list[Block]:
    programme = material.programme
    before = clauses([basis_text(programme), *material.quotes(Topic.CONTEXT)[:1]])
    work = f"{'，' if before else ''}{programme.region.name}{WORK[material.stage]}"
    name, week = fact_run(material, "programme"), fact_run(material, "short_name")
    short: list[Run | str] = ["（以下简称“", week, "”）"] if programme.short_name else []
    scale = scale_runs(material)
    says_when = bool(scale) and material.stage is Stage.RUNNING
    first = [before, work, name, *short, "各项工作", *([] if says_when else standing_runs(material)), "。"]
    last = "阶段性情况小结如下：" if material.is_interim else "开展情况总结如下："
    return paragraph(*first, *theme_runs(material), *scale, "现将", week, last)


def standing_runs(material: Material) -> list[Run | str]:
    """，截至2026年11月23日活动周尚未结束; nothing once it is over."""
    if not material.is_interim:
        return []
    lacks = "尚未结束" if material.stage is Stage.RUNNING else "尚未开始"
    return ["，", fact_run(material, "as_of_with_year"), fact_run(material, "short_name"), lacks]


def theme_runs(material: Material) -> list[Run | str]:
    """活动周以“…”为主题，于2026年11月23日至29日举行。 Nothing where neither is on record."""
    theme, days = fact_run(material, "theme"), fact_run(material, "dates")
    at = "将于" if material.stage is Stage.BEFORE else "于"
    words: list[Run | str] = ["以“", theme, "”为主题"] if theme.text else []
    words += ["，" if words else "", at, days, "举行"] if days.text else []
    return statement("", [fact_run(material, "short_name"), *words]) if words else []


def scale_runs(material: Material) -> list[Run | str]:
    """One sentence of scale, for weeks whose sessions are on record; what is still to come while the week lasts.

    Of an unfinished week it is the first to give numbers, and so says of which day they are, with the year.
    """
    if material.stage is Stage.BEFORE:
        return coming_runs(material)
    wanted = [("activities_total", "开展活动"), ("sessions_total", "举办"), ("attendance", "参与")]
    found = [(words, material.figure(code)) for code, words in wanted]
    printed = [(words, figure) for words, figure in found if figure and figure.is_printed]
    if not printed:
        return []
    runs: list[Run | str] = [fact_run(material, "as_of_with_year"), "，"] if material.is_interim else []
    for at, (words, figure) in enumerate(printed):
        first = "已" if material.is_interim else "共"
        runs += [f"{first if at == 0 else '，'}{words}", figure_run(figure)]
    rest = coming_runs(material) if material.is_interim else []
    return [*runs, "，", *rest] if rest else [*runs, "。"]


def coming_runs(material: Material) -> list[Run | str]:
    """计划举办111场。 before the week; 其余111场将在11月28日活动周结束前举办。 while it lasts.

    A session that is over and neither held nor called off may still be reported, so the sentence allows for it.
    """
    programme, figure = material.programme, material.figure("sessions_planned")
    if figure is None or not figure.is_printed or not figure.quantity or not figure.quantity.value:
        return []
    if material.stage is Stage.BEFORE:
        return ["计划举办", figure_run(figure), "。"]
    late = Session.objects.filter(
        activity__programme=programme, state=Session.State.PLANNED, ends_at__lt=material.at
    ).exists()
    last = f"{programme.ends_on.month}月{programme.ends_on.day}日" if programme.ends_on else ""
    ending = f"将在{last}{programme.short_name or programme.name}结束前举办"
    return ["其余", figure_run(figure), f"{ending}或补报。" if late else f"{ending}。"]


def leadership(material: Material) -> list[Block]:
    approval = material.quotes(Topic.APPROVAL)[:1]
    hosts, organisers = organisations(material, Role.HOST), organisations(material, Role.ORGANISER)
    helpers = organisations(material, Role.CO_ORGANISER)
    roles = [
        f"由{enumeration(hosts)}主办" if hosts else "",
        f"{enumeration(organisers)}承办" if organisers else "",
        f"{enumeration(helpers)}协办" if helpers else "",
    ]
    subject = "启动仪式" if any(roles) else ""
    first = sentence(clauses([*approval, subject + clauses(roles)]))
    group = group_text(material.programme)
    quoted_group = [] if group else material.quotes(Topic.ROLE)[:1]  # records say more than a sentence about them
    work = clauses([*quoted_group, *material.quotes(Topic.PLAN)])
    plan = f"主办单位{work}。" if work else ""
    participants = organisations(material, Role.PARTICIPANT)
    joined = f"{enumeration(participants)}等积极参与。" if participants else ""
    counted = [("参与单位共", "organisations_involved", "")]
    if material.is_interim:
        counted.append(("", "counties_reported", "县（市、区）已报送阶段情况"))
    else:  # before the end it says nothing of what is still to come
        counted.append(("方案中的场次完成", "plan_completion_rate", ""))
    return [
        *paragraph(first, joined, *statement("", facts(material, counted))),
        *paragraph(group, plan),
        *paragraph(tasks_text(material.programme)),
    ]
