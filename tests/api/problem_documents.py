"""What a problem document says."""


def problem(response, status):
    """The body of a problem document, checked for its form."""
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    body = response.json()
    assert body.keys() >= {"type", "title", "status", "detail", "errors"}
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert all(error.keys() == {"field", "code", "message"} for error in body["errors"])
    return body


def errors(response, status=400):
    return [(error["field"], error["code"]) for error in problem(response, status)["errors"]]
