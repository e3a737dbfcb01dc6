#!/usr/bin/python3
"""Reads an event file with Python's protobuf. Exit code 77 without protobuf."""
import struct
import sys

try:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
except ImportError:
    print("no protobuf")
    sys.exit(77)

F = descriptor_pb2.FieldDescriptorProto
FIELDS = {
    "Event": [("wall_time", 1, F.TYPE_DOUBLE), ("step", 2, F.TYPE_INT64), ("file_version", 3, F.TYPE_STRING),
              ("summary", 5, "Summary"), ("session_log", 7, "SessionLog")],
    "SessionLog": [("status", 1, F.TYPE_INT32)],
    "Summary": [("value", 1, "Value*")],
    "Value": [("tag", 1, F.TYPE_STRING), ("simple_value", 2, F.TYPE_FLOAT), ("image", 4, "Image"),
              ("tensor", 8, "Tensor"), ("metadata", 9, "Metadata")],
    "Image": [("height", 1, F.TYPE_INT32), ("width", 2, F.TYPE_INT32), ("colorspace", 3, F.TYPE_INT32),
              ("encoded_image_string", 4, F.TYPE_BYTES)],
    "Metadata": [("plugin_data", 1, "Plugin")],
    "Plugin": [("plugin_name", 1, F.TYPE_STRING), ("content", 2, F.TYPE_BYTES)],
    "Tensor": [("dtype", 1, F.TYPE_INT32), ("tensor_content", 4, F.TYPE_BYTES)],
}


def event_class():
    file = descriptor_pb2.FileDescriptorProto(name="events.proto", package="tb", syntax="proto3")
    for name, fields in FIELDS.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            added = message.field.add(name=field, number=number, label=F.LABEL_OPTIONAL)
            if isinstance(kind, str):
                added.type = F.TYPE_MESSAGE
                added.type_name = ".tb." + kind.rstrip("*")
                if kind.endswith("*"):
                    added.label = F.LABEL_REPEATED
            else:
                added.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    descriptor = pool.FindMessageTypeByName("tb.Event")
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


Event = event_class()
with open(sys.argv[1], "rb") as file:
    while head := file.read(12):
        (length, check) = struct.unpack("<QI", head)
        assert check == masked(head[:8]), "length"
        data = file.read(length)
        assert struct.unpack("<I", file.read(4))[0] == masked(data), "data"
        event = Event.FromString(data)
        if event.file_version:
            print("version", event.file_version)
        for value in event.summary.value:
            plugin = value.metadata.plugin_data.plugin_name
            if plugin == "histograms":
                rows = list(struct.iter_unpack("<3d", value.tensor.tensor_content))
                numbers = float(sum(row[2] for row in rows))
                print("histogram", event.step, value.tag, len(rows), "rows", numbers, "numbers")
            elif plugin:
                print(plugin, value.tag)
            elif value.HasField("image"):
                print("image", event.step, value.tag, value.image.width, value.image.height)
            else:
                print("scalar", event.step, value.tag, value.simple_value)
