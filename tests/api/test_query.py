"""A list's pages hold each line once; its print view holds all of them on one."""

from hypothesis import given
from hypothesis import strategies as st

from ozg_tracker.api.query import page_of

SIZES = st.integers(1, 9)
LISTS = st.lists(st.integers(), max_size=40)


@given(LISTS, SIZES)
def test_the_pages_of_a_list_are_the_list(found, size):
    number = page_of(found, size, {}).paginator.num_pages
    pages = [list(page_of(found, size, {"page": str(each)})) for each in range(1, number + 1)]
    assert [line for page in pages for line in page] == found
    assert [len(page) for page in pages[:-1]] == [size] * (number - 1)


@given(LISTS, SIZES, st.sampled_from([None, "", "2", "0", "-1", "²", "9" * 30, "x"]))
def test_on_paper_the_list_is_one_page_whichever_was_shown(found, size, number):
    page = page_of(found, size, {"print": "1", "page": number})
    assert list(page) == found
    assert (page.number, page.has_other_pages()) == (1, False)


@given(LISTS, SIZES, st.sampled_from(["0", "-1", "²", "9" * 30, "x", ""]))
def test_a_page_that_is_none_is_the_first_or_the_last(found, size, number):
    paginator = page_of(found, size, {}).paginator
    assert page_of(found, size, {"page": number}).number in {1, paginator.num_pages}
