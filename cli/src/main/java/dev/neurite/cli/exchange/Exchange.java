package dev.neurite.cli.exchange;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.error.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the commands have in common: writing a file, and saying what was not kept.
final class Exchange {
    private Exchange() {}

    /// Writes a file and says so.
    /// @param source what was read, which is not overwritten
    static void write(Context context, Content content, String source, String to, ExportOptions options) {
        ExportFormat format = Formats.of("--to", options.to(), to, Formats.WRITTEN);
        options.requireTaken(format);
        Path file = Formats.path("TO", to);
        if (to.isBlank() || Files.isDirectory(file)) {
            throw new ConfigException("TO", "expects a file, got " + (to.isBlank() ? "nothing" : "a directory"));
        }
        FilesRead.of(List.of(source))
                .and(RunDirectory.filesBeside(Path.of(source)))
                .refuse("TO", file);
        List<String> notes = new ArrayList<>(content.notes());
        if (!format.keepsEncoded() && content.hasEncoded()) {
            String rounding = content.roundsInputs()
                    ? ". This model rounds the inputs of their layers, too, and the file does not, so its outputs are"
                            + " slightly different"
                    : "";
            notes.add("Weights in fewer bits are written as the floats that they stand for" + rounding);
        }
        notes.addAll(format.write(content, file, options));
        report(context, to, format, ModelDirectory.size(file), notes);
    }

    /// Says what was written or read, and what was not kept.
    static void report(Context context, String file, Format format, long bytes, List<String> notes) {
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("file", file);
            json.put("format", format.name());
            json.put("bytes", bytes);
            json.put("notes", notes);
            context.printJson(json);
            return;
        }
        context.print(Text.format("%s: %s, %,d bytes", file, format.name(), bytes));
        for (String note : notes) context.print("note: " + note);
    }
}
