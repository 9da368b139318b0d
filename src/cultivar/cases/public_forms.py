"""The form by which the public objects, made from what the opening act of the procedure says."""

from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict

from cultivar.cases import evidence, file_content, file_store
from cultivar.cases.perform import BadContent
from cultivar.policy.model_procedure import Act, ContentField
from cultivar.policy.text import Text
from cultivar.procedure.content import clean
from cultivar.web.language import lazily, speak

_LINES = 8


class _Files(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name)


class ObjectionForm(forms.Form):
    """One field for each entry of the act; refusals are the domain's own sentences.

    ``sound`` are the files by entry and SHA-256 (hex), looked into once all else is right. None is kept here:
    a post that is refused leaves nothing behind.
    """

    use_required_attribute = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)

    def __init__(self, act: Act, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.skipped: list[tuple[str, str]] = []  # entry and name of each file that was too large to read
        self.sound: dict[str, dict[str, file_store.Upload]] = {}
        self.specs = {name: spec for name, spec in act.content.items() if spec.type in _MADE}
        self.initial.setdefault("key", f"objection-{uuid4()}")
        for name, spec in self.specs.items():
            self.fields[name] = _MADE[spec.type](spec)

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields that a person fills in."""
        return [self[name] for name in self.specs]

    def clean_key(self) -> str:
        """The key of this filing; a fresh one where the form came without."""
        return self.cleaned_data["key"] or f"objection-{uuid4()}"

    def clean(self) -> dict[str, Any]:
        """Adds what the domain finds wrong, each at its field."""
        for entry, name in self.skipped:
            self.add_error(entry if entry in self.fields else None, speak(file_store.too_large(name)))
        words = {name: spec for name, spec in self.specs.items() if spec.type != "files"}
        _, problems = clean(words, {name: self.said[name] for name in words})
        for problem in problems:
            if problem.field not in self.errors:
                self.add_error(problem.field, speak(problem.text))
        if not self.errors:
            self._look_into_files()
        return self.cleaned_data

    def start_anew(self, why: Text) -> None:
        """Says why this was not taken, and gives the form a fresh key, so that it can be sent again."""
        fresh = self.data.copy() if isinstance(self.data, QueryDict) else QueryDict(mutable=True)
        fresh["key"] = f"objection-{uuid4()}"
        self.data = fresh
        self.add_error(None, speak(why))

    @property
    def said(self) -> dict[str, Any]:
        """What was typed and sent, as the act wants it."""
        typed = {name: self.data.get(name) or "" for name in self.specs if name not in self.sound}
        return typed | {name: list(files) for name, files in self.sound.items()}

    def _look_into_files(self) -> None:
        for name, spec in self.specs.items():
            if spec.type != "files":
                continue
            uploads = self.cleaned_data.get(name) or []
            if spec.most is not None and len(uploads) > spec.most:
                self.add_error(name, speak(_too_many(spec, len(uploads))))
                continue
            try:
                self.sound[name] = {file_store.examine(upload).sha256: upload for upload in uploads}
            except file_content.Refused as refused:
                self.add_error(name, speak(refused.text))

    def refuse(self, bad: BadContent) -> None:
        """Adds the problems that the one door found."""
        for problem in bad.problems:
            self.add_error(problem.field if problem.field in self.fields else None, speak(problem.text))


def _too_many(spec: ContentField, number: int) -> Text:
    return Text(
        f"“{spec.zh}”最多 {spec.most} 份，选了 {number} 份，请减少或合并。",
        f"“{spec.en}” takes at most {spec.most} files; {number} were chosen. Leave some out or merge them.",
    )


def _shared(spec: ContentField) -> dict[str, Any]:
    hint = spec.hint
    return {
        "label": lazily(spec.zh, spec.en),
        "help_text": lazily(hint.zh, hint.en) if hint else "",
        "required": spec.required,
        "error_messages": {
            "required": lazily(f"请填“{spec.zh}”。", f"Fill in “{spec.en}”."),
            "invalid_choice": lazily(
                f"“{spec.zh}”请从所列选项中选。", f"Choose “{spec.en}” from the options given."
            ),
        },
    }


def _text(spec: ContentField) -> forms.Field:
    return forms.CharField(**_shared(spec), widget=forms.TextInput(attrs={"autocomplete": "off"}))


def _long_text(spec: ContentField) -> forms.Field:
    made = forms.CharField(**_shared(spec), widget=forms.Textarea(attrs={"rows": _LINES}))
    made.at_most = spec.at_most or 0  # type: ignore[attr-defined]  # read by the field component
    return made


def _choice(spec: ContentField) -> forms.Field:
    choices = [(name, lazily(said.zh, said.en)) for name, said in spec.choices.items()]
    return forms.ChoiceField(**_shared(spec), choices=choices, widget=forms.RadioSelect)


def _files(spec: ContentField) -> forms.Field:
    widget = _Files(attrs={"accept": file_content.ACCEPT, "multiple": True})
    made = forms.Field(**_shared(spec), widget=widget)
    if not made.help_text:
        most = spec.most or evidence.FILES_A_CASE
        made.help_text = lazily(
            f"PDF、PNG、JPEG 或 Excel，最多 {most} 份", f"PDF, PNG, JPEG or Excel; at most {most} files"
        )
    return made


_MADE = {"text": _text, "long-text": _long_text, "choice": _choice, "files": _files}
