"""Answers of the plugin itself, in the form of the sampler's own errors."""

import json


def answer_error(request, status, code, message, retry_after=None):
    """Of the catalogue in docs/errors.md. To be used while nothing has been answered yet."""
    body = json.dumps({"code": code, "message": message}).encode("utf-8")
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"application/json; charset=utf-8")
    request.setHeader(b"content-length", str(len(body)).encode("ascii"))
    request.setHeader(b"cache-control", b"no-store")
    if retry_after is not None:
        request.setHeader(b"retry-after", str(retry_after).encode("ascii"))
    if request.method != b"HEAD":
        request.write(body)
    request.finish()
