"""Pages of the scope profiles: what is suggested and why, which versions there were, and making the next one."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import Bundle, Service
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Municipality
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.tracking.models import Responsibility, ScopeProfile
from ozg_tracker.tracking.pages.responsibility.forms import CRITERION_WORDS, RuleForm, WhyForm
from ozg_tracker.tracking.responsibility.profiles import (
    Changes,
    RuleDifference,
    back_to,
    change_profile,
    newer_shipped,
    preview,
    rule_differences,
)
from ozg_tracker.tracking.responsibility.suggesting import CRITERIA, Rule, RuleLine, profile_of, rules_of
from ozg_tracker.tracking.rows.rights import keeps_catalogue

PAGE, SHOWN = 50, 100


class Shown(NamedTuple):
    """A line of a profile as people read it."""

    line: RuleLine
    criterion: str
    value: str
    name: str
    rule: Rule | None
    before: Rule | None = None


@members_only(Deed.READ_CATALOGUE)
@require_safe
def profiles(request: MunicipalityRequest) -> HttpResponse:
    """Each kind of municipality with its profile in force, the municipality's own kind first."""
    own = municipality_of(request).kind
    kinds = sorted(Municipality.Kind, key=lambda kind: kind != own)
    in_force = [(kind, ScopeProfile.objects.in_force(kind)) for kind in kinds]
    return render(request, "tracking/responsibility/profiles.html", {"kinds": in_force, "own": own})


@members_only(Deed.READ_CATALOGUE)
@require_safe
def profile(request: MunicipalityRequest, kind: str) -> HttpResponse:
    """The rules of a version, narrowed by what is asked, what that version changed, and all versions."""
    asked = read_query(request.GET, ("q", "criterion", "suggestion", "version", *PAGED))
    shown, in_force = _version(kind, asked.get("version")), _in_force(kind)
    before = ScopeProfile.objects.filter(version__lt=shown.version).in_force(kind) if shown.shipped is None else None
    rules = rules_of(shown)
    lines = _asked(_named({line: (rule, None) for line, rule in rules.items()}), asked)
    context = {
        "profile": shown,
        "in_force": in_force,
        "page": page_of(lines, PAGE, asked),
        "criteria": CRITERION_WORDS.items(),
        "responsibilities": Responsibility.choices,
        "versions": ScopeProfile.objects.filter(kind=kind, complete=True)
        .select_related("by")
        .annotate(lines=Count("rules")),
        "before": before,
        "changed": _told(rule_differences(rules_of(before), rules)) if before else [],
        "newer": newer_shipped(kind),
        "may_change": keeps_catalogue(request.membership),
    }
    return render(request, "tracking/responsibility/profile.html", context)


@members_only(Deed.LOAD_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: MunicipalityRequest, kind: str) -> HttpResponseBase:
    """Change rules, or take up what another version says (`?version=`); first what it would suggest differently."""
    if not keeps_catalogue(request.membership):
        raise PermissionDenied(_("Mehrere Kommunen teilen dieses Profil. Der Betrieb ändert es."))
    asked = read_query(request.GET, ("version", "criterion", "value"))
    in_force, back = _in_force(kind), asked.get("version")
    other = _version(kind, back) if back else None
    kind_of_form = WhyForm if other else RuleForm
    context: dict[str, Any] = {"profile": in_force, "other": other}
    if request.method != "POST":
        form = kind_of_form(initial={"seen": in_force.version, **_initial(in_force, asked)})
        return render(request, "tracking/responsibility/edit_profile.html", context | {"form": form})
    form = kind_of_form(request.POST)
    if form.is_valid():
        try:
            changes = back_to(other) if other else form.changes() if isinstance(form, RuleForm) else {}
            if request.POST.get("do") == "save":
                return _save(request, kind, changes, form)
            context["changed"] = _told(_differences(in_force, changes))
            context["preview"] = preview(kind, changes, municipality_of(request))
            context["shown"] = SHOWN
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
    status = 400 if form.errors else 200
    return render(request, "tracking/responsibility/edit_profile.html", context | {"form": form}, status=status)


def _save(request: MunicipalityRequest, kind: str, changes: Changes, form: WhyForm) -> HttpResponse:
    why, seen = form.cleaned_data["why"], form.cleaned_data["seen"]
    made = change_profile(kind, changes, by=request.user, reason=why, seen_version=seen)
    messages.success(request, _("Fassung %(n)d gilt. Entschiedenes ist geblieben.") % {"n": made.version})
    return redirect("profile", kind)


def _in_force(kind: str) -> ScopeProfile:
    try:
        return profile_of(kind)
    except ValidationError as error:
        raise Http404 from error


def _version(kind: str, number: str | None) -> ScopeProfile:
    if not number:
        return _in_force(kind)
    found: ScopeProfile = get_object_or_404(ScopeProfile, kind=kind, version=id_or_404(number), complete=True)
    return found


def _initial(in_force: ScopeProfile, asked: QueryDict) -> dict[str, object]:
    """The rule that stands for the line asked for, to begin with."""
    criterion, value = asked.get("criterion", ""), asked.get("value", "")
    if criterion not in CRITERIA:
        return {}
    rule = rules_of(in_force).get(RuleLine(criterion, value))
    return {"criterion": criterion, "values": value, **(rule._asdict() if rule else {})}


def _differences(in_force: ScopeProfile, changes: Changes) -> list[RuleDifference]:
    known = rules_of(in_force)
    laid = {line: rule for line, rule in {**known, **changes}.items() if rule is not None}
    return rule_differences(known, laid)


def _told(found: list[RuleDifference]) -> list[Shown]:
    return _named({each.line: (each.after, each.before) for each in found})


def _named(lines: dict[RuleLine, tuple[Rule | None, Rule | None]]) -> list[Shown]:
    """The lines with the names that bundles and objects have in the catalogue; two queries."""
    values = {criterion: [value for name, value in lines if name == criterion] for criterion in CRITERIA}
    bundles = Bundle.objects.filter(ozg_id__in=values["ozg_id"]).values_list("ozg_id", "name")
    heads = Service.objects.filter(key__in=[f"{value}000000" for value in values["object_key"]])
    names = {RuleLine("ozg_id", str(ozg_id)): name for ozg_id, name in bundles}
    names |= {RuleLine("object_key", str(key)[:8]): name for key, name in heads.values_list("key", "name")}
    return [
        Shown(line, str(CRITERION_WORDS[line.criterion]), line.value, names.get(line, ""), *rules)
        for line, rules in lines.items()
    ]


def _asked(lines: list[Shown], asked: QueryDict) -> list[Shown]:
    """Those of `lines` that the filters leave, in the order of criterion and value."""
    criterion, responsibility, words = (asked.get(name, "") for name in ("criterion", "suggestion", "q"))

    def fits(each: Shown) -> bool:
        rule = each.rule
        text = f"{each.value} {each.name} {rule.reason if rule else ''}".casefold()
        return (
            criterion in ("", each.line.criterion)
            and (not responsibility or (rule is not None and rule.responsibility == responsibility))
            and all(word in text for word in words.casefold().split())
        )

    return sorted(filter(fits, lines), key=lambda each: (CRITERIA.index(each.line.criterion), each.line.value))
