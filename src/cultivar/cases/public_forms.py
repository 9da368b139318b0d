"""The form by which the public objects, made from what the opening act of the procedure says."""

from typing import Any
from uuid import uuid4

from django import forms

from cultivar.cases.perform import BadContent
from cultivar.policy.model import Act, ContentField
from cultivar.procedure.content import clean
from cultivar.web.language import lazily, speak

_LINES = 8


class ObjectionForm(forms.Form):
    """One field for each entry of the act that can be typed; refusals are the domain's own sentences."""

    use_required_attribute = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)

    def __init__(self, act: Act, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
        _, problems = clean(self.specs, self.said)
        for problem in problems:
            if problem.field not in self.errors:
                self.add_error(problem.field, speak(problem.text))
        return self.cleaned_data

    @property
    def said(self) -> dict[str, Any]:
        """What was typed, as the act wants it."""
        return {name: self.data.get(name) or "" for name in self.specs}

    def refuse(self, bad: BadContent) -> None:
        """Adds the problems that the one door found."""
        for problem in bad.problems:
            self.add_error(problem.field if problem.field in self.fields else None, speak(problem.text))


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


_MADE = {"text": _text, "long-text": _long_text, "choice": _choice}
