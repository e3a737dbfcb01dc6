package dev.neurite.cli.exchange;

import dev.neurite.cli.console.Text;
import dev.neurite.error.ConfigException;
import dev.neurite.javasource.JavaSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Java files, which need no library.
final class JavaFormat implements ExportFormat {
    @Override
    public String name() {
        return "java";
    }

    @Override
    public List<String> endings() {
        return List.of(".java");
    }

    @Override
    public Set<String> options() {
        return Set.of(ExportOptions.PACKAGE, ExportOptions.PUBLIC);
    }

    @Override
    public List<String> write(Content content, Path to, ExportOptions options) {
        JavaSource source = JavaSource.of(content.requireModel(this));
        if (options.isPublic()) source = source.publicClass();
        String name = options.packageName();
        if (name != null) source = ConfigException.named(ExportOptions.PACKAGE, in(source, name));
        JavaSource.Written written = source.write(to);
        List<String> said = new ArrayList<>(written.notes());
        written.weights()
                .ifPresent(file -> said.add("The weights are in " + file + ", which belongs beside the class file"));
        written.measured()
                .ifPresentOrElse(
                        each -> said.add(Text.format(
                                "A row takes the network %.1f µs on this machine; its outputs differ from the model's"
                                        + " by at most %.1g",
                                each.microseconds(), each.difference())),
                        () -> said.add("Not measured, as this Java has no compiler"));
        return said;
    }

    private static Supplier<JavaSource> in(JavaSource source, String name) {
        return () -> source.packageName(name);
    }
}
