package dev.neurite.io.kind;

import dev.neurite.error.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// What a file is, by its first bytes, and of a zip archive by the names in it. Its name does not count. Nothing of its
/// content is checked: whoever reads it does that.
public enum FileKind {
    EMPTY("an empty file"),
    ONNX("an ONNX model", "OnnxModel.load(file) runs it, its toModel() makes layers of it"),
    KERAS("a model of Keras 3 (.keras)", "KerasFile.read(file).toModel() makes a model of it"),
    HDF5(
            "an HDF5 file, as Keras's .weights.h5",
            "KerasFile.read(file).weights() reads the weights of Keras 3; a model of Keras 2 has to be loaded and saved"
                    + " again by Keras 3"),
    PYTORCH("a file of PyTorch's torch.save (.pt)", "PretrainedWeights.pytorch(file).into(model) takes its tensors"),
    TORCH_SCRIPT(
            "a program of TorchScript",
            "Save the tensors alone: in Python torch.save(torch.jit.load('FILE.pt').state_dict(), 'weights.pt')"),
    PICKLE(
            "what looks like a pickle",
            "If it is an old file of PyTorch (.pt): PretrainedWeights.pytorch(file).into(model) takes its tensors"),
    NPZ("arrays of NumPy (.npz)", "PretrainedWeights.npz(file).into(model) takes them"),
    NPY("one array of NumPy (.npy)"),
    SAFETENSORS("a safetensors file", "PretrainedWeights.read(file).into(model) takes its tensors"),
    GGUF("a language model in GGUF", "LanguageModel.load(file) of the module neurite-llm reads it"),
    ORT("a file in onnxruntime's own format (.ort)", "Use the .onnx file"),
    ZIP("a zip archive"),
    TAR("a tar archive, as PyTorch before 0.1.10 wrote"),
    WEB_PAGE("a web page (HTML) saved under that name"),
    LFS_POINTER("a Git LFS pointer instead of the data, which 'git lfs pull' fetches"),
    JSON("a text in JSON"),
    TEXT("a text"),
    UNKNOWN("another file");

    private static final int LOOKED_AT = 512; // bytes
    private static final int TAR_MAGIC = 257;
    private static final int NAME_LENGTH = 26; // where a part of a zip archive has it
    private static final int NAME = 30;
    private static final Set<String> TELLING =
            Set.of("data.pkl", "constants.pkl", "config.json", "model.weights.h5", ".npy");
    private static final int NEWEST_PICKLE = 5;
    private static final int NEWEST_IR = 32; // of ONNX; 13 in 2026
    private static final String FIELDS_AFTER_IR = "\u0012\u001a\"(2:BJr"; // the tags that may follow it

    private final String words;
    private final String inJava;

    FileKind(String words) {
        this(words, "");
    }

    FileKind(String words, String inJava) {
        this.words = words;
        this.inJava = inJava;
    }

    /// What it is, for messages: `an ONNX model`.
    public String words() {
        return words;
    }

    /// How a program reads it; empty if this library does not.
    public String inJava() {
        return inJava;
    }

    /// The kind of a file; unknown for one that cannot be read, of which whoever reads it says why.
    public static FileKind of(Path file) {
        if (!Files.isRegularFile(file)) return UNKNOWN;
        try (InputStream in = Files.newInputStream(file)) {
            FileKind kind = of(in.readNBytes(LOOKED_AT));
            return kind == ZIP || kind == NPZ ? ofArchive(file) : kind;
        } catch (IOException _) {
            return UNKNOWN;
        }
    }

    /// The kind of a file by its first bytes, at best 512; a zip archive is [#NPZ] if its first part is an array, else
    /// [#ZIP].
    public static FileKind of(byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (text.isEmpty()) return EMPTY;
        if (isSafetensors(start)) return SAFETENSORS;
        if (text.startsWith("PK\3\4")) return firstName(text).endsWith(".npy") ? NPZ : ZIP;
        if (text.startsWith("PK\5\6")) return ZIP; // without parts
        if (text.startsWith("\u0089HDF\r\n\u001a\n")) return HDF5;
        if (text.startsWith("\u0093NUMPY")) return NPY;
        if (text.startsWith("GGUF")) return GGUF;
        if (text.startsWith("ORTM", 4)) return ORT;
        if (text.startsWith("ustar", TAR_MAGIC)) return TAR;
        if (isOnnx(text)) return ONNX;
        boolean pickle = text.length() > 1 && text.charAt(0) == '\u0080' && text.charAt(1) <= NEWEST_PICKLE;
        return pickle ? PICKLE : ofText(text);
    }

    /// A safetensors file begins with the length of a header in JSON, in eight bytes.
    private static boolean isSafetensors(byte[] start) {
        return start.length > 8 && start[8] == '{' && start[7] == 0 && start[6] == 0 && start[5] == 0 && start[4] == 0;
    }

    /// The name of a zip archive's first part, or the beginning of it.
    private static String firstName(String text) {
        if (text.length() <= NAME) return "";
        int length = text.charAt(NAME_LENGTH) | text.charAt(NAME_LENGTH + 1) << 8;
        return text.substring(NAME, Math.min(text.length(), NAME + length));
    }

    /// An ONNX model begins with its version, a field of one byte, before another field of a model.
    private static boolean isOnnx(String text) {
        return text.length() > 2
                && text.charAt(0) == 8
                && text.charAt(1) <= NEWEST_IR
                && FIELDS_AFTER_IR.indexOf(text.charAt(2)) >= 0;
    }

    private static FileKind ofText(String text) {
        String start = text.stripLeading().toLowerCase(Locale.ROOT);
        if (start.startsWith("<!doctype html") || start.startsWith("<html") || start.startsWith("<?xml")) {
            return WEB_PAGE;
        }
        if (start.startsWith("version https://git-lfs")) return LFS_POINTER;
        boolean printable = text.chars().allMatch(each -> each >= ' ' || Character.isWhitespace(each));
        if (!printable || !isUtf8(text)) return UNKNOWN;
        return start.startsWith("{") ? JSON : TEXT;
    }

    /// Whether bytes, one in each char, may be UTF-8: those from 0x80 to 0xbf follow others from 0x80 on, and none is
    /// above 0xf4.
    private static boolean isUtf8(String bytes) {
        for (int i = 0; i < bytes.length(); i++) {
            char each = bytes.charAt(i);
            boolean follows = i > 0 && bytes.charAt(i - 1) >= 0x80;
            if (each > 0xf4 || (each >= 0x80 && each < 0xc0 && !follows)) return false;
        }
        return true;
    }

    private static FileKind ofArchive(Path file) {
        Set<String> ends = new HashSet<>();
        boolean program = false;
        try (var zip = new ZipFile(file.toFile())) {
            for (ZipEntry each : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                String name = each.getName();
                String end = name.endsWith(".npy") ? ".npy" : name.substring(name.lastIndexOf('/') + 1);
                if (TELLING.contains(end)) ends.add(end);
                program |= name.contains("/code/");
            }
        } catch (IOException | IllegalArgumentException _) {
            return ZIP; // damaged
        }
        if (ends.contains("data.pkl")) return program || ends.contains("constants.pkl") ? TORCH_SCRIPT : PYTORCH;
        if (ends.contains("config.json") && ends.contains("model.weights.h5")) return KERAS;
        return ends.contains(".npy") ? NPZ : ZIP;
    }

    /// What a file begins with, for messages: its kind, or else its first bytes.
    /// @param start its first bytes
    public static String described(byte[] start) {
        FileKind kind = of(start);
        if (kind != UNKNOWN) return kind.words();
        return "a file that begins 0x" + HexFormat.of().formatHex(start, 0, Math.min(8, start.length));
    }

    /// Refuses a file that is known to be of another kind, before its bytes are read as what they are not.
    /// @param expected what is expected, in words
    /// @param taken the kinds that are read, damaged or not
    /// @throws ModelFormatException for others, with the way to read them
    public static void require(Path file, String expected, FileKind... taken) {
        FileKind kind = of(file);
        if (kind == UNKNOWN || List.of(taken).contains(kind)) return;
        throw new ModelFormatException(file.toString(), "expects " + expected + ", got " + kind.words(), kind.inJava());
    }
}
