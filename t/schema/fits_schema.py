"""Validates JSON that zoneknot printed: fits_schema.py SCHEMA-FOLDER FILE...

Each file names its schema itself. Then everything in it is damaged once, a field left out, a value of another type, and
the schema has to object: a schema that allows everything would prove nothing. A field more and another word it has to
take: later versions have more of both under the same number. Ends with 0, or with 1
and a line for each fault; 77: Debian's python3-jsonschema is not installed.
"""

import copy
import json
import pathlib
import re
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed: tools/install-packages check")
    sys.exit(77)


def validator_for(document, folder):
    name = (document[0] if isinstance(document, list) else document)["schema"]
    path = folder.resolve() / (re.sub("/", "-", name) + ".schema.json")
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    resolver = jsonschema.RefResolver(base_uri=path.as_uri(), referrer=schema)
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def shortened(value):
    """The same with one item of each list: enough to be damaged."""
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    return [shortened(item) for item in value[:1]] if isinstance(value, list) else value


def places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, path + (key,))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def extended(document):
    """Pairs of what was done and the document with it, as a later version might print it."""
    for path in places(document):
        name = "/".join(map(str, path))
        value = at(document, path)
        if isinstance(value, dict):
            more = copy.deepcopy(document)
            at(more, path)["surplus"] = 1
            yield f"{name}/surplus added", more
        if isinstance(value, str) and path[-1] != "schema":
            word = copy.deepcopy(document)
            at(word, path[:-1])[path[-1]] = "A LATER WORD"
            yield f"{name} with another word", word


def damaged(document):
    """Pairs of what was done and the document with it."""
    for path in places(document):
        name = "/".join(map(str, path))
        if not path:
            continue
        other = copy.deepcopy(document)
        at(other, path[:-1])[path[-1]] = {"no": "such type"}
        yield f"{name} of another type", other
        # A bound that was not used is not told.
        if isinstance(path[-1], str) and path[-2:] != ("bounds", "skip"):
            less = copy.deepcopy(document)
            del at(less, path[:-1])[path[-1]]
            yield f"{name} left out", less


def faults_of(file, folder):
    document = json.loads(pathlib.Path(file).read_text())
    validator = validator_for(document, folder)
    for error in validator.iter_errors(document):
        yield f"{error.json_path}: {error.message}"
    for what, broken in damaged(shortened(document)):
        if validator.is_valid(broken):
            yield f"the schema allows {what}"
    for what, later in extended(shortened(document)):
        if not validator.is_valid(later):
            yield f"the schema does not allow {what}"


def main(folder, files):
    broken = False
    for file in files:
        for fault in faults_of(file, pathlib.Path(folder)):
            print(f"{file}: {fault}")
            broken = True
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
