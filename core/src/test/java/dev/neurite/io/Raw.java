package dev.neurite.io;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Safetensors files made byte by byte.
final class Raw {
    private Raw() {}

    /// A header of this text, with its right length, and so many bytes of numbers.
    static byte[] file(String header, int bytes) {
        return file(header.getBytes(StandardCharsets.UTF_8), new byte[bytes]);
    }

    static byte[] file(byte[] header, byte[] numbers) {
        return join(length(header.length), header, numbers);
    }

    static byte[] length(long length) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();
    }

    static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) out.writeBytes(part);
        return out.toByteArray();
    }

    /// A file with these tensors and a right checksum, written as docs/format.md says.
    static byte[] checked(Map<String, String> metadata, Map<String, Tensor> tensors) {
        Map<String, Json> texts = new LinkedHashMap<>();
        texts.put("sha256", new JsonString("0".repeat(64)));
        metadata.forEach((key, text) -> texts.put(key, new JsonString(text)));
        Map<String, Json> header = new LinkedHashMap<>();
        header.put("__metadata__", new JsonObject(texts));
        var numbers = new ByteArrayOutputStream();
        tensors.forEach((name, tensor) -> {
            ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.size()).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(tensor.toArray());
            int from = numbers.size();
            numbers.writeBytes(bytes.array());
            Map<String, Json> entry = new LinkedHashMap<>();
            entry.put("dtype", new JsonString("F32"));
            entry.put("shape", items(tensor.shape().extents()));
            entry.put("data_offsets", items(List.of(from, numbers.size())));
            header.put(name, new JsonObject(entry));
        });
        String json = new JsonObject(header).write();
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        byte[] file = file((json + " ".repeat(-length & 7)).getBytes(StandardCharsets.UTF_8), numbers.toByteArray());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(file);
            byte[] hex = HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(hex, 0, file, 8 + "{\"__metadata__\":{\"sha256\":\"".length(), 64);
            return file;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Json items(List<Integer> numbers) {
        List<Json> list = new ArrayList<>();
        for (int number : numbers) list.add(new JsonNumber(Integer.toString(number)));
        return new JsonArray(list);
    }

    static Path write(Path folder, byte[] bytes) {
        try {
            return Files.write(folder.resolve("file.safetensors"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
