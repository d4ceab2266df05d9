"""A FastAPI app behind the API: mangum turns API Gateway's events into its requests."""

from __future__ import annotations

import logging
import os
from typing import Annotated

from fastapi import Cookie, FastAPI, HTTPException, Query, Response
from mangum import Mangum
from pydantic import BaseModel, Field

logging.getLogger().setLevel(os.environ.get("LOG_LEVEL", "info").upper())

app = FastAPI(title="Greetings", docs_url="/docs")

LANGUAGES = {"en": "Hello", "fr": "Bonjour", "ja": "こんにちは", "pt": "Olá"}


class Order(BaseModel):
    """What somebody wants.

    Attributes:
        item: its name.
        quantity: how many.
    """

    item: str = Field(min_length=1)
    quantity: int = Field(default=1, ge=1, le=100)


@app.get("/_health")
def health() -> dict[str, str]:
    """Answers the health checks."""
    return {"status": "healthy"}


@app.get("/")
def root() -> dict[str, str]:
    """Says which region answers."""
    return {"message": os.environ["MESSAGE"], "region": os.environ["AWS_REGION"]}


@app.get("/greetings/{name}")
def greet(
    name: str,
    language: Annotated[list[str] | None, Query()] = None,
    visits: Annotated[int, Cookie()] = 0,
) -> Response:
    """Greets in each of the languages that are asked for, and counts the visits in a cookie."""
    unknown = set(language or []) - LANGUAGES.keys()
    if unknown:
        raise HTTPException(404, f"unknown language: {min(unknown)}")
    text = "\n".join(f"{LANGUAGES[each]}, {name}!" for each in language or ["en"])
    response = Response(text, media_type="text/plain; charset=utf-8")
    response.set_cookie("visits", str(visits + 1), secure=True, httponly=True)
    response.set_cookie("name", "known", secure=True)
    return response


@app.post("/orders", status_code=201)
def order(wanted: Order) -> dict[str, str | int]:
    """Takes an order; pydantic refuses what is none."""
    return {"item": wanted.item, "quantity": wanted.quantity, "region": os.environ["AWS_REGION"]}


handler = Mangum(app, lifespan="off")
