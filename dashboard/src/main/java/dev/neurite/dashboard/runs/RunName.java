package dev.neurite.dashboard.runs;

import dev.neurite.error.Escapes;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Locale;

/// The names of runs in lists and addresses: those of their directories. Characters that no address takes, as line
/// ends, and bytes that are no UTF-8 become `~` and two hexadecimal digits each, so that the names of two directories
/// differ.
public final class RunName {
    private static final String UNKNOWN = "\uFFFD"; // what Java makes of bytes that are no text of its locale

    private RunName() {}

    /// The name of a run.
    /// @param directory its directory
    public static String of(Path directory) {
        String name = String.valueOf(directory.getFileName());
        boolean readable = !name.contains(UNKNOWN) || !directory.getFileSystem().equals(FileSystems.getDefault());
        return readable ? escaped(name) : ofBytes(directory);
    }

    /// The name by the bytes that the file system has, which an address of a file shows whatever the locale is.
    private static String ofBytes(Path directory) {
        String path =
                directory.toAbsolutePath().normalize().toUri().getRawPath().replaceFirst("/+$", "");
        String raw = path.substring(path.lastIndexOf('/') + 1);
        byte[] bytes = new byte[raw.length()];
        int count = 0;
        for (int i = 0; i < raw.length(); i++) {
            boolean escape = raw.charAt(i) == '%';
            bytes[count++] = (byte) (escape ? Integer.parseInt(raw.substring(i + 1, i + 3), 16) : raw.charAt(i));
            if (escape) i += 2;
        }
        return ofBytes(bytes, count);
    }

    /// The name of these bytes: what is UTF-8 as text.
    private static String ofBytes(byte[] bytes, int count) {
        var name = new StringBuilder();
        for (int i = 0; i < count; ) {
            int length = lengthAt(bytes, i, count);
            if (length == 0) appendEscape(name, bytes[i++]);
            else name.append(escaped(new String(bytes, i, length, StandardCharsets.UTF_8)));
            i += length;
        }
        return name.toString();
    }

    /// The number of bytes of the UTF-8 character at an index; 0 if there is none.
    private static int lengthAt(byte[] bytes, int at, int count) {
        for (int length = 1; length <= Math.min(4, count - at); length++) {
            String text = new String(bytes, at, length, StandardCharsets.UTF_8);
            if (!text.contains(UNKNOWN) && text.codePointCount(0, text.length()) == 1) return length;
        }
        return 0;
    }

    private static String escaped(String name) {
        if (name.codePoints().noneMatch(each -> isRefused(each) || each == '~')) return name;
        var safe = new StringBuilder();
        for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
            int each = name.codePointAt(i);
            boolean escape = each == '~' && name.substring(i + 1).matches("(?s)[0-9a-f]{2}.*");
            if (!isRefused(each) && !escape) {
                safe.appendCodePoint(each);
                continue;
            }
            for (byte part : Character.toString(each).getBytes(StandardCharsets.UTF_8)) appendEscape(safe, part);
        }
        return safe.toString();
    }

    private static boolean isRefused(int codePoint) {
        return Escapes.isUnsafe(codePoint) || codePoint == '\\' || codePoint == '/';
    }

    private static void appendEscape(StringBuilder to, byte part) {
        to.append(String.format(Locale.ROOT, "~%02x", part));
    }
}
