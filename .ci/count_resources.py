"""Counts the CloudFormation resources of SAM templates.

Runs SAM's own transform on each template, offline, and fails where a stack has more than 400 resources:
CloudFormation allows 500, and what is left is room for what comes next.

Usage: python count_resources.py TEMPLATE...
"""

import os
import sys
from collections import Counter
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

LIMIT = 400
# Stands for what `sam package` would upload: the transform takes no local path.
UPLOADED = "s3://bucket/key"


class NoManagedPolicies:
    """The names of AWS's managed policies, which only IAM knows and no template here uses."""

    def load(self):
        return {}


def resources_of(path):
    """The resources of a template after the transform, by logical id."""
    template = yaml_parse(Path(path).read_text(encoding="utf-8"))
    template.get("Globals", {}).get("Function", {}).pop("CodeUri", None)
    for resource in template["Resources"].values():
        properties = resource.setdefault("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = UPLOADED
        elif resource["Type"] == "AWS::Serverless::Application":
            properties["Location"] = UPLOADED
    return transform(template, {}, NoManagedPolicies())["Resources"]


def main(paths):
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    too_many = []
    for path in paths:
        types = Counter(resource["Type"] for resource in resources_of(path).values())
        total = types.total()
        print(f"{path}: {total} resources of at most {LIMIT}")
        for name, count in sorted(types.items()):
            print(f"  {count:4} {name}")
        if total > LIMIT:
            too_many.append(path)
    if too_many:
        sys.exit(f"expected at most {LIMIT} resources, found more in {', '.join(too_many)}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__.strip())
    main(sys.argv[1:])
