package dev.neurite.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Pickles and files of `torch.save` made byte by byte.
final class Pickles {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Pickles() {}

    /// A pickle that begins as protocol 2.
    static Pickles pickle() {
        return new Pickles().raw(0x80, 2);
    }

    /// These bytes, each from 0 to 255.
    Pickles raw(int... values) {
        for (int each : values) bytes.write(each);
        return this;
    }

    /// An instruction for each letter.
    Pickles code(String letters) {
        bytes.writeBytes(letters.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Pickles global(String module, String name) {
        return code("c" + module + "\n" + name + "\n");
    }

    Pickles text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return code("X").int32(utf8.length).bytes(utf8);
    }

    Pickles whole(int number) {
        return code("J").int32(number);
    }

    Pickles int32(int number) {
        return bytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array());
    }

    Pickles int64(long number) {
        return bytes(Raw.length(number));
    }

    Pickles bytes(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    Pickles repeat(String letters, int count) {
        return code(letters.repeat(count));
    }

    /// A reference to a storage.
    Pickles storage(String type, String key, int count) {
        return code("(")
                .text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .whole(count)
                .code("tQ");
    }

    /// A tensor of one axis.
    Pickles tensor(String key, int count, int offset, int extent, int stride) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .code("(")
                .storage("FloatStorage", key, count)
                .whole(offset)
                .whole(extent)
                .raw(0x85)
                .whole(stride)
                .raw(0x85, 0x89)
                .code("}tR");
    }

    byte[] stop() {
        return code(".").bytes.toByteArray();
    }

    /// `{'a': …}`
    static byte[] dictionary(Pickles value) {
        return pickle().code("}")
                .text("a")
                .bytes(value.bytes.toByteArray())
                .code("s")
                .stop();
    }

    /// Bytes of a part, without those of a pickle's beginning.
    static Pickles part() {
        return new Pickles();
    }

    // ------------------------------------------------------------------------------------------------------- archives

    /// A file with this pickle and 8 floats of storage `0`.
    static byte[] file(byte[] pickle) {
        return zip("x/data.pkl", pickle, "x/byteorder", ascii("little"), "x/data/0", new byte[32]);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// An archive of names and contents that are not compressed.
    static byte[] zip(Object... namesAndContents) {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                byte[] content = (byte[]) namesAndContents[i + 1];
                var entry = new ZipEntry((String) namesAndContents[i]);
                var crc = new CRC32();
                crc.update(content);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /// A file in the legacy form: this pickle of an object, and what comes after it.
    static byte[] legacy(byte[] pickle, byte[] rest) {
        byte[] magic = {(byte) 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19};
        return Raw.join(
                pickle().raw(0x8a, 10).bytes(magic).stop(),
                pickle().whole(1001).stop(),
                pickle().code("}").stop(),
                pickle,
                rest);
    }
}
