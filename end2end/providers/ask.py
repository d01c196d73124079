"""Asks a flag for every context of a file through the Python provider, and prints variant and reason of each as JSON."""

import json
import sys

from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext


def main(url: str, key: str, flag: str, contexts: str) -> None:
    api.set_provider(OFREPProvider(url, headers_factory=lambda: {"Authorization": f"Bearer {key}"}))
    client = api.get_client()
    answers = []
    for context in json.loads(contexts):
        rest = {name: value for name, value in context.items() if name != "targetingKey"}
        details = client.get_boolean_details(flag, False, EvaluationContext(context.get("targetingKey"), rest))
        answers.append([details.variant, str(details.reason)])
    print(json.dumps(answers))


main(*sys.argv[1:])
