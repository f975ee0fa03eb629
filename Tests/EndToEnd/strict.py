"""The request types of the vendors' own Python libraries, made strict: a plain adapter of them lets nearly anything through, since
unknown keys are allowed and lists are read only when somebody asks for their members."""

import collections.abc
import functools
import os
import types
import typing

import pydantic
import typing_extensions

NOTHING = typing.Literal["nothing that can be sent"]
REQUIRED = (typing.Required, typing_extensions.Required)
NOT_REQUIRED = (typing.NotRequired, typing_extensions.NotRequired)
FORBID = pydantic.ConfigDict(extra="forbid")


@functools.cache
def adapter(type_):
    """Checks a value against a type in which no key is unknown."""
    return pydantic.TypeAdapter(strict(type_))


def strict(type_):
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    # A model of the library itself may stand where its dictionary does; here it never does, and it would allow unknown keys.
    # Nor is a file sent that lies open, or a path.
    if is_model(type_) or origin in (typing.IO, os.PathLike) or type_ in (typing.IO, os.PathLike):
        return NOTHING
    if typing_extensions.is_typeddict(type_):
        return strict_dictionary(type_)
    if origin is typing.Annotated:
        return strict(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(strict(argument) for argument in arguments)]
    if origin in (collections.abc.Iterable, collections.abc.Sequence) or getattr(origin, "__name__", "") == "SequenceNotStr":
        return list[strict(arguments[0])]
    if origin in (list, dict) or isinstance(origin, type) and issubclass(origin, collections.abc.Mapping):
        return (dict if origin not in (list, dict) else origin)[tuple(strict(argument) for argument in arguments)]
    return type_


def is_model(type_):
    return isinstance(type_, type) and issubclass(type_, pydantic.BaseModel)


def check_model(type_, value):
    """Checks a value against a model of a library, which lets unknown keys through and keeps them apart."""
    def unknown(part, path):
        if isinstance(part, pydantic.BaseModel):
            assert not part.model_extra, f"{path} has {set(part.model_extra)}"
            part = {name: getattr(part, name) for name in part.model_fields_set}
        for name, member in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
            unknown(member, f"{path}.{name}")

    unknown(type_.model_validate(value), type_.__name__)


@functools.cache
def strict_dictionary(type_):
    hints = typing.get_type_hints(type_, include_extras=True)
    fields = {}
    for name, hint in hints.items():
        # The class's own sets of keys are wrong where its annotations were texts.
        origin = typing.get_origin(hint)
        required = origin in REQUIRED or (origin not in NOT_REQUIRED and name in type_.__required_keys__)
        if origin in REQUIRED + NOT_REQUIRED:
            hint = typing.get_args(hint)[0]
        fields[name] = (typing_extensions.Required if required else typing_extensions.NotRequired)[strict(hint)]
    made = typing_extensions.TypedDict(type_.__name__, fields)
    made.__pydantic_config__ = FORBID
    return made
