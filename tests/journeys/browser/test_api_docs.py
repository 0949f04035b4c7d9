"""The page of the API's description works in a browser under our strict policy, and asks our own host alone."""

import pytest

from tests import make


@pytest.mark.django_db(transaction=True)
def test_the_docs_are_read_and_tried_without_a_complaint_or_another_host(open_page, live_server):
    make.bundle(topic="Bauen & Wohnen")
    page = open_page(make.user())
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/v1/docs/")
    operation = page.locator("#operations-topics-topics_list")
    for _ in range(100):  # what is far down is drawn when one comes there
        if operation.count():
            break
        page.mouse.wheel(0, 1000)
        page.wait_for_timeout(100)
    operation.locator("button.opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/api/v1/topics/*") as answer:
        operation.get_by_role("button", name="Execute").click()
    assert answer.value.status == 200
    assert answer.value.json()["results"][0]["name"] == "Bauen & Wohnen"
    assert page.complaints == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
