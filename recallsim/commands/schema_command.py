"""`recallsim schema`: what a scenario file may hold, for editors."""

import click


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of the scenario file.

    Editors complete keys from it: recallsim schema > recallsim.schema.json
    """
    import json

    from recallsim.scenario import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
