"""The topics we propose for courses: ours, with their grounds, and no official list (`fixtures/course_topics.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from ozg_tracker.training.models import Category, Course, Form


@dataclass(frozen=True)
class Topic:
    """A proposal: what it is for, what belongs in it, why it is worth while, and on what that rests, "" for nothing."""

    slug: str
    title: str
    category: Category
    form: Form
    purpose: str
    content: str
    grounds: str
    source: str = ""
    interval_months: int | None = None


@cache
def topics() -> dict[str, Topic]:
    """By their slug, in the order in which they are listed."""
    read = tomllib.loads((settings.BASE_DIR / "fixtures" / "course_topics.toml").read_text(encoding="utf-8"))
    return {slug: _topic(slug, facts) for slug, facts in read.items()}


def course_from(topic: Topic, course: Course) -> Course:
    """The course, not saved, filled as the topic proposes; whoever keeps courses adds provider, place and length."""
    course.title, course.purpose, course.description = topic.title, topic.purpose, topic.content
    course.category, course.form, course.topic = topic.category, topic.form, topic.slug
    course.interval_months = topic.interval_months
    return course


def _topic(slug: str, facts: dict[str, str | int]) -> Topic:
    words = {name: str(facts.get(name, "")) for name in ("title", "purpose", "content", "grounds", "source")}
    interval = facts.get("interval_months")
    return Topic(
        slug=slug,
        category=Category(str(facts["category"])),
        form=Form(str(facts["form"])),
        interval_months=int(interval) if interval else None,
        **words,
    )
