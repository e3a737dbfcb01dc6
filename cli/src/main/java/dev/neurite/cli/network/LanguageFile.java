package dev.neurite.cli.network;

import dev.neurite.cli.console.Console;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.LoraFile;
import dev.neurite.io.kind.FileKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Language models of published families, and how they are told from runs.
public final class LanguageFile {
    /// The ending of GGUF files.
    public static final String GGUF = ".gguf";

    private static final String MODEL = "a language model, a GGUF file or a directory of Hugging Face with config.json";
    private static final String CONFIG = "config.json";
    private static final String PARTS = "config\\.json|tokenizer.*\\.json|model.*\\.safetensors(\\.index\\.json)?";

    private LanguageFile() {}

    /// Whether a path names a language model: a GGUF file, by its ending where it does not exist, or a directory of
    /// Hugging Face.
    public static boolean is(String path) {
        if (ForeignFile.existing(path).isEmpty()) return isNamedGguf(path);
        return isDirectory(path) || ForeignFile.kind(path) == FileKind.GGUF;
    }

    /// Whether a path ends as GGUF files do.
    public static boolean isNamedGguf(String path) {
        return path.toLowerCase(Locale.ROOT).endsWith(GGUF);
    }

    /// Whether a path names a directory of Hugging Face, which has a `config.json`. Runs have none.
    public static boolean isDirectory(String path) {
        return ForeignFile.existing(path)
                .filter(each -> Files.isRegularFile(each.resolve(CONFIG)))
                .isPresent();
    }

    /// Refuses what is there and is no language model.
    public static void require(String path) {
        if (path.isEmpty()) throw new DataException("model", "expects " + MODEL + ", got no name");
        if (!is(path)) refuse(path, MODEL);
    }

    /// Refuses what is there; what is missing is reported when it is read.
    /// @param expected what is expected instead
    /// @throws ConfigException for what other commands take
    /// @throws DataException for another directory
    /// @throws ModelFormatException for another file
    public static void refuse(String path, String expected) {
        if (ForeignFile.existing(path).isEmpty()) return;
        refusePart(path, expected);
        boolean run = LoadedModel.isRun(path);
        if (run || ForeignFile.kind(path) == FileKind.SAFETENSORS) {
            String got = run ? "a run" : FileKind.SAFETENSORS.words();
            String hint = Console.commandLine("generate", path, "--prompt", "TEXT");
            throw new ConfigException(
                    path, "expects " + expected + ", got " + got, "A run of a text goes on with texts: " + hint);
        }
        ForeignFile.refuseAsRun(path, expected);
        refuseUnknown(path, expected, CONFIG);
    }

    /// Refuses adapters without their model, and a file of a directory of Hugging Face.
    private static void refusePart(String path, String expected) {
        Path place = Path.of(path);
        if (Files.exists(place.resolve(LoraFile.CONFIG)) && !LoadedModel.isBegun(path)) {
            throw new ConfigException(
                    path,
                    "expects " + expected + ", got adapters (LoRA) of a language model",
                    "Give them with their model: " + Console.commandLine("chat", "MODEL", "--adapter", path));
        }
        Path name = place.getFileName();
        Path parent = place.toAbsolutePath().getParent();
        boolean part = name != null && name.toString().matches(PARTS) && Files.isRegularFile(place);
        if (!part || parent == null || !Files.exists(parent.resolve(CONFIG))) return;
        throw new ConfigException(
                path,
                "expects " + expected + ", got a file of a directory of Hugging Face",
                "Give the directory: " + parent);
    }

    /// Refuses what is there and is no model at all.
    /// @param files that directories should have had
    private static void refuseUnknown(String path, String expected, String files) {
        Path place = ForeignFile.existing(path).orElse(null);
        if (place == null) return;
        String got = Files.isDirectory(place)
                ? "a directory without " + files
                : ForeignFile.kind(path).words();
        String problem = "expects " + expected + ", got " + got;
        if (Files.isDirectory(place)) throw new DataException(path, problem);
        throw new ModelFormatException(path, problem);
    }

    /// Refuses what is there and is neither a run, nor its file, nor a model of other software.
    public static void refuseNoModel(String path) {
        String expected = "a run, a model file or a language model";
        if (ForeignFile.existing(path).isPresent()) refusePart(path, expected);
        boolean known = LoadedModel.isBegun(path)
                || ForeignFile.kind(path) == FileKind.SAFETENSORS
                || ForeignFile.isModel(path);
        if (known) return;
        refuseUnknown(path, expected, LoadedModel.MODEL_FILE + " and without config.json");
    }
}
