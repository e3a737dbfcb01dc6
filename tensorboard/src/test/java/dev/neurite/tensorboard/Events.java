package dev.neurite.tensorboard;

import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label.LABEL_OPTIONAL;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label.LABEL_REPEATED;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_BOOL;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_BYTES;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_DOUBLE;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_FLOAT;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_INT32;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_INT64;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_MESSAGE;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_STRING;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// Reads event files as TensorBoard does, with protobuf's own reader and the public numbers of the fields.
final class Events {
    private static final FileDescriptor FILE = descriptors();
    static final Descriptor EVENT = FILE.findMessageTypeByName("Event");
    static final Descriptor HPARAMS = FILE.findMessageTypeByName("HParamsPluginData");

    private Events() {}

    private static FieldDescriptorProto field(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type)
                .setLabel(LABEL_OPTIONAL)
                .build();
    }

    private static FieldDescriptorProto of(String name, int number, String message) {
        return field(name, number, TYPE_MESSAGE).toBuilder()
                .setTypeName(message)
                .build();
    }

    private static FieldDescriptorProto many(FieldDescriptorProto one) {
        return one.toBuilder().setLabel(LABEL_REPEATED).build();
    }

    private static DescriptorProto message(String name, FieldDescriptorProto... fields) {
        return DescriptorProto.newBuilder()
                .setName(name)
                .addAllField(List.of(fields))
                .build();
    }

    private static FileDescriptor descriptors() {
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("events.proto")
                .setSyntax("proto3")
                .addMessageType(message(
                        "Event",
                        field("wall_time", 1, TYPE_DOUBLE),
                        field("step", 2, TYPE_INT64),
                        field("file_version", 3, TYPE_STRING),
                        of("summary", 5, "Summary"),
                        of("session_log", 7, "SessionLog"),
                        of("source_metadata", 10, "SourceMetadata")))
                .addMessageType(message("SourceMetadata", field("writer", 1, TYPE_STRING)))
                .addMessageType(message("SessionLog", field("status", 1, TYPE_INT32)))
                .addMessageType(message("Summary", many(of("value", 1, "Value"))))
                .addMessageType(message(
                        "Value",
                        field("tag", 1, TYPE_STRING),
                        field("simple_value", 2, TYPE_FLOAT),
                        of("image", 4, "Image"),
                        of("tensor", 8, "Tensor"),
                        of("metadata", 9, "Metadata")))
                .addMessageType(message(
                        "Image",
                        field("height", 1, TYPE_INT32),
                        field("width", 2, TYPE_INT32),
                        field("colorspace", 3, TYPE_INT32),
                        field("encoded_image_string", 4, TYPE_BYTES)))
                .addMessageType(
                        message("Metadata", of("plugin_data", 1, "PluginData"), field("data_class", 4, TYPE_INT32)))
                .addMessageType(
                        message("PluginData", field("plugin_name", 1, TYPE_STRING), field("content", 2, TYPE_BYTES)))
                .addMessageType(message(
                        "Tensor",
                        field("dtype", 1, TYPE_INT32),
                        of("tensor_shape", 2, "TensorShape"),
                        field("tensor_content", 4, TYPE_BYTES)))
                .addMessageType(message("TensorShape", many(of("dim", 2, "Dim"))))
                .addMessageType(message("Dim", field("size", 1, TYPE_INT64)))
                .addMessageType(message(
                        "HParamsPluginData",
                        field("version", 1, TYPE_INT32),
                        of("experiment", 2, "Experiment"),
                        of("session_start_info", 3, "SessionStart"),
                        of("session_end_info", 4, "SessionEnd")))
                .addMessageType(message(
                        "Experiment",
                        field("time_created_secs", 3, TYPE_DOUBLE),
                        many(of("hparam_infos", 4, "HParamInfo")),
                        many(of("metric_infos", 5, "MetricInfo"))))
                .addMessageType(message("HParamInfo", field("name", 1, TYPE_STRING), field("type", 4, TYPE_INT32)))
                .addMessageType(message("MetricInfo", of("name", 1, "MetricName")))
                .addMessageType(message("MetricName", field("group", 1, TYPE_STRING), field("tag", 2, TYPE_STRING)))
                .addMessageType(message(
                        "SessionStart",
                        many(of("hparams", 1, "Entry")),
                        field("group_name", 4, TYPE_STRING),
                        field("start_time_secs", 5, TYPE_DOUBLE)))
                .addMessageType(message("Entry", field("key", 1, TYPE_STRING), of("value", 2, "Any")))
                .addMessageType(message(
                        "Any",
                        field("number_value", 2, TYPE_DOUBLE),
                        field("string_value", 3, TYPE_STRING),
                        field("bool_value", 4, TYPE_BOOL)))
                .addMessageType(
                        message("SessionEnd", field("status", 1, TYPE_INT32), field("end_time_secs", 2, TYPE_DOUBLE)))
                .build();
        try {
            return FileDescriptor.buildFrom(file, new FileDescriptor[0]);
        } catch (DescriptorValidationException e) {
            throw new AssertionError(e);
        }
    }

    static Object get(DynamicMessage message, String field) {
        FieldDescriptor descriptor = message.getDescriptorForType().findFieldByName(field);
        return message.getField(descriptor);
    }

    static DynamicMessage inner(DynamicMessage message, String field) {
        return (DynamicMessage) get(message, field);
    }

    static boolean has(DynamicMessage message, String field) {
        return message.hasField(message.getDescriptorForType().findFieldByName(field));
    }

    @SuppressWarnings("unchecked")
    static List<DynamicMessage> list(DynamicMessage message, String field) {
        return (List<DynamicMessage>) get(message, field);
    }

    static String text(DynamicMessage message, String field) {
        return (String) get(message, field);
    }

    static long step(DynamicMessage event) {
        return (Long) get(event, "step");
    }

    static DynamicMessage parse(Descriptor type, byte[] bytes) {
        try {
            DynamicMessage message = DynamicMessage.parseFrom(type, bytes);
            if (!message.getUnknownFields().asMap().isEmpty()) {
                throw new AssertionError("unknown fields: " + message.getUnknownFields());
            }
            return message;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /// All events of a file. A cut off last record is left out, as TensorBoard does; a wrong checksum fails.
    static List<DynamicMessage> read(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        List<DynamicMessage> events = new ArrayList<>();
        while (bytes.remaining() >= 12) {
            byte[] head = new byte[8];
            bytes.get(head);
            require(bytes.getInt(), head);
            long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (bytes.remaining() < length + 4) break;
            byte[] data = new byte[Math.toIntExact(length)];
            bytes.get(data);
            require(bytes.getInt(), data);
            events.add(parse(EVENT, data));
        }
        return events;
    }

    /// The check of TensorFlow's record reader, written by its definition and not by the writer's code.
    private static void require(int masked, byte[] bytes) {
        var check = new CRC32C();
        check.update(bytes);
        long crc = check.getValue();
        long expected = ((crc >> 15 | crc << 17) + 0xa282ead8L) & 0xffffffffL;
        if (expected != (masked & 0xffffffffL)) throw new AssertionError("wrong checksum");
    }

    static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(each -> each.getFileName().toString().contains("tfevents"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// All events of a directory, in the order in which TensorBoard reads them.
    static List<DynamicMessage> ofDirectory(Path directory) {
        List<DynamicMessage> events = new ArrayList<>();
        for (Path each : files(directory)) {
            try {
                events.addAll(read(Files.readAllBytes(each)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return events;
    }

    /// What TensorBoard shows of a directory: the points of each scalar. A second start of a session drops all earlier
    /// points from its step on (`plugin_event_accumulator.py`).
    static Map<String, List<Map.Entry<Long, Float>>> scalars(Path directory) {
        Map<String, List<Map.Entry<Long, Float>>> shown = new LinkedHashMap<>();
        boolean started = false;
        for (DynamicMessage event : ofDirectory(directory)) {
            if (has(event, "session_log") && (Integer) get(inner(event, "session_log"), "status") == 1) {
                if (started) shown.values().forEach(points -> points.removeIf(each -> each.getKey() >= step(event)));
                started = true;
            }
            for (DynamicMessage value : list(inner(event, "summary"), "value")) {
                if (has(value, "metadata") || has(value, "image")) continue;
                shown.computeIfAbsent(text(value, "tag"), _ -> new ArrayList<>())
                        .add(Map.entry(step(event), (Float) get(value, "simple_value")));
            }
        }
        return shown;
    }

    /// The values of a tag with a plugin or an image, in order.
    static List<DynamicMessage> values(Path directory, String tag) {
        List<DynamicMessage> values = new ArrayList<>();
        for (DynamicMessage event : ofDirectory(directory)) {
            for (DynamicMessage value : list(inner(event, "summary"), "value")) {
                if (text(value, "tag").equals(tag)) values.add(value);
            }
        }
        return values;
    }

    /// The hyperparameter message of a tag.
    static DynamicMessage hparams(Path directory, String tag) {
        List<DynamicMessage> values = values(directory, tag);
        if (values.size() != 1) throw new AssertionError("expects one " + tag + ", got " + values.size());
        DynamicMessage plugin = inner(inner(values.getFirst(), "metadata"), "plugin_data");
        if (!text(plugin, "plugin_name").equals("hparams")) throw new AssertionError(plugin);
        return parse(HPARAMS, ((ByteString) get(plugin, "content")).toByteArray());
    }

    /// The rows of a histogram: left edge, right edge, count.
    static double[][] histogram(DynamicMessage value) {
        DynamicMessage tensor = inner(value, "tensor");
        List<DynamicMessage> shape = list(inner(tensor, "tensor_shape"), "dim");
        int rows = Math.toIntExact((Long) get(shape.get(0), "size"));
        if ((Integer) get(tensor, "dtype") != 2 || shape.size() != 2 || (Long) get(shape.get(1), "size") != 3) {
            throw new AssertionError(tensor);
        }
        ByteBuffer content = ((ByteString) get(tensor, "tensor_content"))
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
        double[][] numbers = new double[rows][3];
        for (double[] row : numbers) for (int i = 0; i < 3; i++) row[i] = content.getDouble();
        if (content.hasRemaining()) throw new AssertionError("more than " + rows + " rows");
        return numbers;
    }
}
