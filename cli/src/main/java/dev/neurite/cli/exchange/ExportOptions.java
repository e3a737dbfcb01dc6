package dev.neurite.cli.exchange;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of what is written. Each format says which of them it takes.
final class ExportOptions {
    static final String OPSET = "--opset";
    static final String PREPROCESSING = "--preprocessing";
    static final String PACKAGE = "--package";
    static final String PUBLIC = "--public";

    @Option(
            names = "--to",
            paramLabel = "FORMAT",
            description = "The format of the file, where its ending does not tell.")
    private @Nullable String to;

    @Option(
            names = OPSET,
            paramLabel = "N",
            description = "Of ONNX: the version of its operators, 17 to 22; 18 by default.")
    private @Nullable Integer opset;

    @Option(
            names = PREPROCESSING,
            paramLabel = "NAME",
            description = "Of ONNX: what takes the raw columns of a table: ml (default), operators of ai.onnx.ml as"
                    + " scikit-learn's exports have them; core, ONNX's own operators alone; none, the model then takes"
                    + " the numbers that its network takes.")
    private @Nullable String preprocessing;

    @Option(
            names = PACKAGE,
            paramLabel = "NAME",
            description = "Of Java: the package of the class, such as com.acme.shop; none by default.")
    private @Nullable String packageName;

    @Option(names = PUBLIC, description = "Of Java: the class is public; by default only its package sees it.")
    private boolean isPublic;

    @Nullable
    String to() {
        return to;
    }

    @Nullable
    Integer opset() {
        return opset;
    }

    @Nullable
    String preprocessing() {
        return preprocessing;
    }

    @Nullable
    String packageName() {
        return packageName;
    }

    boolean isPublic() {
        return isPublic;
    }

    /// Refuses options that a format does not take.
    /// @throws ConfigException then
    void requireTaken(ExportFormat format) {
        List<String> given = new ArrayList<>();
        if (opset != null) given.add(OPSET);
        if (preprocessing != null) given.add(PREPROCESSING);
        if (packageName != null) given.add(PACKAGE);
        if (isPublic) given.add(PUBLIC);
        for (String each : given) {
            if (format.options().contains(each)) continue;
            throw new ConfigException(each, "expects a format that has it, got " + format.name());
        }
    }
}
