"""A first draft of a foreign form: what its blank shows, guessed into fields, to be completed by hand."""

from pipeline.drafting.draft import Draft, draft_of
from pipeline.drafting.written import form_text, schema_text

__all__ = ["Draft", "draft_of", "form_text", "schema_text"]
