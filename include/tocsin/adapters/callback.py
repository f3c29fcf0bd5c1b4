"""The address that hubs call: the only route of ours that strangers may reach, so it does next to nothing."""

import asyncio
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from tocsin.collect.receive import BODY_CAP, Answer, Receiver
from tocsin.errors import TocsinError
from tocsin.ports import Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SLOWEST = 20.0
"""Seconds in which a push must be here."""
PATH = "/websub/{subscription_id}"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
_PLAIN = "application/octet-stream"


def create_callback(receiver: Receiver, clock: Clock) -> FastAPI:
    """Build the callback as an ASGI application, to be served alone or mounted at the root of another."""
    callback = FastAPI(title="Tocsin WebSub", docs_url=None, redoc_url=None, openapi_url=None)

    @callback.middleware("http")
    async def calm(request: Request, call: "Callable[[Request], Awaitable[Response]]") -> Response:
        try:
            return await call(request)
        except TocsinError:  # The store or the disk is in trouble: nothing was taken, the hub comes again.
            return Response(status_code=503, headers={"Retry-After": "60"} | _HEADERS)

    @callback.get(PATH)
    def question(subscription_id: str, request: Request) -> Response:
        return _respond(receiver.question(subscription_id, dict(request.query_params), clock.now()))

    @callback.post(PATH)
    async def push(subscription_id: str, request: Request) -> Response:
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            return _respond(Answer(415))
        try:
            async with asyncio.timeout(SLOWEST):
                body = await _read(request)
        except TimeoutError:
            return _respond(Answer(408))
        if body is None:
            return _respond(Answer(413))
        told = dict(request.headers)
        return _respond(await run_in_threadpool(receiver.push, subscription_id, body, told, clock.now()))

    return callback


async def _read(request: Request) -> bytes | None:
    """Read the body; None when it is over the cap, of which no more than one piece is held."""
    if not _is_small(request.headers.get("content-length", "0")):
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_CAP:
            return None
    return bytes(body)


def _is_small(length: str) -> bool:
    return len(length) < 10 and length.isascii() and length.isdecimal() and int(length) <= BODY_CAP


def _respond(answer: Answer) -> Response:
    wait = {"Retry-After": "60"} if answer.status == 503 else {}
    return Response(answer.body, answer.status, headers=_HEADERS | wait, media_type=_PLAIN)
