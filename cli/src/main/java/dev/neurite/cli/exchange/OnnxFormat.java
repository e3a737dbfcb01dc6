package dev.neurite.cli.exchange;

import dev.neurite.cli.option.EnumChoice;
import dev.neurite.error.ConfigException;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.onnx.export.RawColumns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// ONNX files.
final class OnnxFormat implements ExportFormat {
    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public List<String> endings() {
        return List.of(".onnx");
    }

    @Override
    public Set<String> options() {
        return Set.of(ExportOptions.OPSET, ExportOptions.PREPROCESSING);
    }

    @Override
    public List<String> write(Content content, Path to, ExportOptions options) {
        OnnxExport export = OnnxExport.of(content.requireModel(this));
        Integer opset = options.opset();
        if (opset != null) export = ConfigException.named(ExportOptions.OPSET, withOpset(export, opset));
        String preprocessing = options.preprocessing();
        if (preprocessing != null) {
            export = export.columns(EnumChoice.of(ExportOptions.PREPROCESSING, preprocessing, RawColumns.values()));
        }
        OnnxExport.Written written = export.write(to);
        List<String> said = new ArrayList<>(written.notes());
        written.weights()
                .ifPresent(file -> said.add("The weights are in " + file + ", which belongs beside the ONNX file"));
        return said;
    }

    private static Supplier<OnnxExport> withOpset(OnnxExport export, int opset) {
        return () -> export.opset(opset);
    }
}
