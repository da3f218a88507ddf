"""Checks the artifacts in a folder against the schemas of dbt-core's classes.

Writes a line for each problem, and for each file how much of it was checked.
"""

import json
import pathlib
import sys

from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.freshness import FreshnessExecutionResultArtifact
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.run import RunResultsArtifact
from jsonschema import Draft202012Validator

ARTIFACTS = {
    "manifest.json": WritableManifest,
    "run_results.json": RunResultsArtifact,
    "catalog.json": CatalogArtifact,
    "sources.json": FreshnessExecutionResultArtifact,
}


def schema(artifact):
    """The schema as plain JSON."""
    try:
        found = artifact.json_schema(embeddable=False)
    except TypeError:
        found = artifact.json_schema()
    return json.loads(json.dumps(found, default=str))


def entries(document):
    """How many things the document tells of."""
    return sum(len(v) for k, v in document.items() if k in ("nodes", "sources", "macros", "results"))


def main(folder):
    for name, artifact in ARTIFACTS.items():
        document = json.loads((pathlib.Path(folder) / name).read_text())
        for error in Draft202012Validator(schema(artifact)).iter_errors(document):
            print(f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
        print(f"{name}: {entries(document)} entries")
    # dbt itself reads what an earlier invocation left.
    manifest = WritableManifest.read_and_check_versions(str(pathlib.Path(folder) / "manifest.json"))
    results = RunResultsArtifact.read_and_check_versions(str(pathlib.Path(folder) / "run_results.json"))
    print(f"dbt reads {len(manifest.nodes)} nodes, {len(results.results)} results")


main(sys.argv[1])
