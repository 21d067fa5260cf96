"""A site: forms, schemas and templates of one office, loaded and checked as a whole.

`load_site` is the door. Nothing behind it sees YAML.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import Problem, SiteError
from pipeline.site.forms import FormEdition, load_form
from pipeline.site.packetfile import PacketPlan, load_packet
from pipeline.site.program import Program, load_program
from pipeline.site.record import RecordPlace, check_schema_against_record, load_record
from pipeline.site.rulefile import Rule, load_rules
from pipeline.site.schemas import LISTS, Field, Schema, load_schema
from pipeline.site.staff import Staff, load_staff
from pipeline.site.yamlfile import Mistakes, suggestion
from pipeline.values import Expectation, Kind, Pivot

NOT_FORMS = ("record", "program", "staff")


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that is data, typed. Forms are keyed by (form, edition)."""

    root: Path
    program: Program
    staff: Staff
    places: Mapping[str, RecordPlace]
    schemas: Mapping[str, Schema]
    forms: Mapping[tuple[str, str], FormEdition]
    rules: tuple[Rule, ...]
    packets: Mapping[str, PacketPlan]

    def newest_edition(self, form: str) -> FormEdition | None:
        editions = [item for (name, _), item in self.forms.items() if name == form]
        return max(editions, key=lambda item: item.edition, default=None)

    def options(self, field: Field) -> tuple[tuple[str, str], ...]:
        """The codes and labels that may stand in a field, its own or those of the list it names."""
        return field.options or self.listed(field.listed)

    def listed(self, name: str) -> tuple[tuple[str, str], ...]:
        lists: dict[str, tuple[tuple[str, str], ...]] = {
            "": (),
            "counties": tuple((county, county) for county in self.program.counties),
            "waivers": tuple((code, waiver.name) for code, waiver in self.program.waivers.items()),
            "services": tuple((code, service.name) for code, service in self.program.services.items()),
            "providers": tuple((code, item.name) for code, item in self.staff.providers.items()),
            "coordinators": tuple((code, item.name) for code, item in self.staff.coordinators.items()),
            "unit_kinds": tuple(self.program.unit_kinds.items()),
        }
        assert set(lists) == {"", *LISTS}
        return lists[name]

    def expectation(self, field: Field, year: int) -> Expectation:
        """What is known beforehand of a box of this field. `year`: the present one, for two-digit years."""
        identifier = self.program.identifiers.get(field.pattern)
        options = self.options(field)
        if field.kind is Kind.HCPCS and not options:
            options = self.listed("services")
        return Expectation(
            kind=field.kind,
            pattern=identifier.pattern if identifier else "",
            options=options,
            pivot=Pivot(year if field.past else year + 20),
            max_length=field.max_length,
            about=year,
        )

    def expectations(self, form: str, year: int) -> dict[str, Expectation]:
        """For each field and column of a form (`services.units`) what is known beforehand."""
        found: dict[str, Expectation] = {}
        for field in self.schemas[form].fields.values():
            found[field.name] = self.expectation(field, year)
            for column in field.columns.values():
                found[f"{field.name}.{column.name}"] = self.expectation(column, year)
        born = self.schemas[form].person.birth_date
        if born in found:
            found[born] = replace(found[born], about=0)
        return found

    def input_hashes(self, form: str, edition: str) -> dict[str, str]:
        """SHA-256 of the data files that a submission of this form depends on."""
        files = {
            "form": self.forms[form, edition].folder / "form.yaml",
            "blank": self.forms[form, edition].blank,
            "schema": self.root / "schemas" / f"{form}.yaml",
            "record": self.root / "schemas" / "record.yaml",
            "program": self.root / "schemas" / "program.yaml",
        }
        found = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
        rules = hashlib.sha256()
        for path in sorted((self.root / "schemas" / "rules").glob("*.yaml")):
            rules.update(path.name.encode() + b"\0" + path.read_bytes())
        return {**found, "rules": rules.hexdigest()}


def load_site(root: Path) -> Site:
    """The site at `root`. Raises SiteError with every mistake found, file and line."""
    site, mistakes = read_site(root)
    mistakes.raise_if_any()
    return site


def read_site(root: Path) -> tuple[Site, Mistakes]:
    """The site at `root` as far as it can be read, and its mistakes."""
    mistakes = Mistakes()
    schemas_folder = root / "schemas"
    if not schemas_folder.is_dir():
        said = (
            "there is no folder schemas/ in it. A site has forms/, schemas/ and templates/; give that folder"
        )
        raise SiteError([Problem(str(root), 0, said)])
    program = load_program(schemas_folder / "program.yaml", root, mistakes)
    staff = load_staff(schemas_folder / "staff.yaml", root, mistakes)
    places = load_record(schemas_folder / "record.yaml", root, mistakes)
    schemas = {
        path.stem: load_schema(path, root, mistakes)
        for path in sorted(schemas_folder.glob("*.yaml"))
        if path.stem not in NOT_FORMS
    }
    for schema in schemas.values():
        check_schema_against_record(schema, places, mistakes)
        _check_patterns(schema, program, mistakes)
    forms = {}
    for path in sorted((root / "forms").glob("*/*/form.yaml")):
        form = load_form(path, root, schemas, mistakes)
        forms[form.form, form.edition] = form
    _check_codes(forms, mistakes)
    rules = load_rules(schemas_folder / "rules", root, schemas, mistakes)
    packets = {
        path.parent.name: load_packet(path, root, places, mistakes)
        for path in sorted((root / "templates").glob("*/packet.yaml"))
    }
    _check_services_of_providers(staff, program, mistakes)
    return Site(root, program, staff, places, schemas, forms, rules, packets), mistakes


def _check_patterns(schema: Schema, program: Program, mistakes: Mistakes) -> None:
    for field in schema.fields.values():
        for item in (field, *field.columns.values()):
            if item.pattern and item.pattern not in program.identifiers:
                near = suggestion(item.pattern, program.identifiers)
                mistakes.add(schema.file, item.line, f'no identifier "{item.pattern}" in program.yaml.{near}')
            if item.kind is Kind.IDENTIFIER and not item.pattern:
                mistakes.add(schema.file, item.line, "an identifier needs pattern: a name in program.yaml")


def _check_codes(forms: Mapping[tuple[str, str], FormEdition], mistakes: Mistakes) -> None:
    seen: dict[str, str] = {}
    for form in forms.values():
        if seen.setdefault(form.code, form.form) != form.form:
            mistakes.add(form.file, 1, f"the code {form.code} belongs to {seen[form.code]} already")


def _check_services_of_providers(staff: Staff, program: Program, mistakes: Mistakes) -> None:
    for provider in staff.providers.values():
        for code in provider.services:
            if code not in program.services:
                message = f'provider "{provider.code}": no service "{code}" in program.yaml'
                mistakes.add("schemas/staff.yaml", 1, message + f".{suggestion(code, program.services)}")
