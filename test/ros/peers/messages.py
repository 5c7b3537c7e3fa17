"""ROS messages from JSON and to JSON."""

import array
import base64
import hashlib
import importlib

# Longer sequences are reported by length and hash.
LONGEST_SEQUENCE = 300


def load(type_name):
    package, kind, name = type_name.split("/")
    return getattr(importlib.import_module(f"{package}.{kind}"), name)


def fill(message, fields):
    """Sets a message's fields from JSON; `{"fill": v, "length": n}` and `{"base64": …}` are bytes."""
    for name, value in fields.items():
        current = getattr(message, name)
        if isinstance(value, dict) and "base64" in value:
            setattr(message, name, array.array("B", base64.b64decode(value["base64"])))
        elif isinstance(value, dict) and "fill" in value:
            setattr(message, name, array.array("B", bytes([value["fill"]]) * value["length"]))
        elif isinstance(value, dict):
            fill(current, value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            kind = load_element_type(message, name)
            setattr(message, name, [fill(kind(), element) for element in value])
        elif isinstance(current, float):
            setattr(message, name, float(value))
        else:
            setattr(message, name, value)
    return message


def load_element_type(message, name):
    slot = message.SLOT_TYPES[message.__slots__.index("_" + name)]
    package, kind, type_name = slot.value_type.namespaced_name()
    return load(f"{package}/{kind}/{type_name}")


def plain(value):
    if hasattr(value, "get_fields_and_field_types"):
        return {name: plain(getattr(value, name)) for name in value.get_fields_and_field_types()}
    if isinstance(value, (bytes, bytearray)):
        return list(value) if len(value) > 1 else int.from_bytes(value, "little")
    if hasattr(value, "tolist"):  # array.array, and numpy's arrays and numbers
        if hasattr(value, "__len__") and len(value) > LONGEST_SEQUENCE:
            data = memoryview(value).cast("B")
            return {"length": len(value), "sha256": hashlib.sha256(data).hexdigest()}
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    return value


def plain_path(message, names):
    """Only the named fields, `header.stamp` as one number of seconds."""
    fields = {}
    for name in names:
        value = message
        for part in name.split("."):
            value = getattr(value, part)
        if hasattr(value, "nanosec"):
            value = value.sec + value.nanosec * 1e-9
        fields[name] = plain(value)
    return fields
