package dev.neurite.cli.exchange;

import static dev.neurite.tensor.NumberType.BF16;
import static dev.neurite.tensor.NumberType.F16;
import static dev.neurite.tensor.NumberType.F32;

import dev.neurite.cli.option.EnumChoice;
import dev.neurite.error.ConfigException;
import dev.neurite.tensor.NumberType;
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
    static final String NUMBERS = "--numbers";

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

    @Option(
            names = NUMBERS,
            paramLabel = "TYPE",
            description = "Of weights for PyTorch: f32 (default), or with half the size f16 or bf16.")
    private @Nullable String numbers;

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

    /// The type of numbers in the file; float32 by default.
    NumberType numbers() {
        return numbers == null ? NumberType.F32 : EnumChoice.of(NUMBERS, numbers, new NumberType[] {F32, F16, BF16});
    }

    /// Refuses options that a format does not take.
    /// @throws ConfigException then
    void requireTaken(ExportFormat format) {
        for (String each : given()) {
            if (format.options().contains(each)) continue;
            throw new ConfigException(each, "expects a format that has it, got " + format.name());
        }
    }

    /// Refuses all options.
    /// @throws ConfigException if one is given
    void refuseAll() {
        List<String> given = given();
        if (to != null) given.addFirst("--to");
        if (given.isEmpty()) return;
        throw new ConfigException(given.getFirst(), "expects another format than gguf, which has no such option");
    }

    private List<String> given() {
        List<String> given = new ArrayList<>();
        if (opset != null) given.add(OPSET);
        if (preprocessing != null) given.add(PREPROCESSING);
        if (packageName != null) given.add(PACKAGE);
        if (isPublic) given.add(PUBLIC);
        if (numbers != null) given.add(NUMBERS);
        return given;
    }
}
