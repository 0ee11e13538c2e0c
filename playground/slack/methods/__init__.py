"""The Web API's methods, one module a family."""

from playground.slack.methods import assistant, chat, conversations, files, identity, users, views
from playground.slack.methods.method import Method

METHODS: dict[str, Method] = {
    method.name: method
    for family in (assistant, chat, conversations, files, identity, users, views)
    for method in family.METHODS
}
