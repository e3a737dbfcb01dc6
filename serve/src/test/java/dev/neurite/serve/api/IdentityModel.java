package dev.neurite.serve.api;

import dev.neurite.onnx.OnnxModel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// ONNX models that give what they take, in the form of protocol buffers.
final class IdentityModel {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private IdentityModel() {}

    /// A tensor that is given back.
    /// @param code the type in ONNX files
    /// @param extents numbers, or names
    record Tensor(String name, int code, String... extents) {
        @SuppressWarnings("ArrayRecordComponent")
        Tensor {}
    }

    /// A model with an output `NAME_out` for each input.
    static OnnxModel of(Tensor... tensors) {
        IdentityModel graph = new IdentityModel();
        List<IdentityModel> inputs = new ArrayList<>();
        List<IdentityModel> outputs = new ArrayList<>();
        for (Tensor each : tensors) {
            graph.message(
                    1,
                    new IdentityModel()
                            .text(1, each.name)
                            .text(2, each.name + "_out")
                            .text(4, "Identity"));
            inputs.add(value(each.name, each));
            outputs.add(value(each.name + "_out", each));
        }
        graph.text(2, "g");
        inputs.forEach(each -> graph.message(11, each));
        outputs.forEach(each -> graph.message(12, each));
        return OnnxModel.read(new IdentityModel()
                .number(1, 8)
                .message(7, graph)
                .message(8, new IdentityModel().number(2, 17))
                .out
                .toByteArray());
    }

    private static IdentityModel value(String name, Tensor tensor) {
        IdentityModel shape = new IdentityModel();
        for (String each : tensor.extents) {
            boolean number = each.chars().allMatch(Character::isDigit);
            shape.message(
                    1,
                    number ? new IdentityModel().number(1, Integer.parseInt(each)) : new IdentityModel().text(2, each));
        }
        IdentityModel type = new IdentityModel().number(1, tensor.code).message(2, shape);
        return new IdentityModel().text(1, name).message(2, new IdentityModel().message(1, type));
    }

    private IdentityModel number(int field, int value) {
        varint(field << 3);
        varint(value);
        return this;
    }

    private IdentityModel text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private IdentityModel message(int field, IdentityModel message) {
        return bytes(field, message.out.toByteArray());
    }

    private IdentityModel bytes(int field, byte... bytes) {
        varint(field << 3 | 2);
        varint(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    private void varint(int value) {
        int left = value;
        for (; left >= 128; left >>>= 7) out.write(left & 127 | 128);
        out.write(left);
    }
}
