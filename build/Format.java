import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// Formats every Java source below a folder ("apply"), or names those that are not ("check").
/// Maven runs it on the build's JDK, not its own: a formatter parses with the javac of the JVM that runs it.
final class Format {
    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean apply = args[0].equals("apply");
        if (!apply && !args[0].equals("check")) {
            System.err.println("format: expects check or apply, got " + args[0]);
            System.exit(2);
        }
        Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .formatJavadoc(false)
                .build());
        List<Path> sources = sources(Path.of(args[1]));
        List<Path> differing = new ArrayList<>();
        boolean broken = false;
        for (Formatted each :
                sources.stream().map(source -> format(formatter, source)).toList()) {
            if (!each.error.isEmpty()) {
                broken = true;
                System.out.println(each.source + ": " + each.error);
            } else if (!each.before.equals(each.after)) {
                differing.add(each.source);
                if (apply) {
                    Files.writeString(each.source, each.after);
                }
            }
        }
        differing.forEach(System.out::println);
        System.out.printf(
                "%d of %d sources %s%n", differing.size(), sources.size(), apply ? "formatted" : "need formatting");
        if (!apply && !differing.isEmpty()) {
            System.out.println("Run: mvn validate -pl build -Dformat=apply");
        }
        if (broken || (!apply && !differing.isEmpty())) {
            System.exit(1);
        }
    }

    private record Formatted(Path source, String before, String after, String error) {}

    private static Formatted format(Formatter formatter, Path source) {
        try {
            String before = Files.readString(source);
            try {
                return new Formatted(source, before, formatter.formatSourceAndFixImports(before), "");
            } catch (FormatterException e) {
                return new Formatted(source, before, before, e.getMessage());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> sources = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean skipped = name.equals("target") || (name.startsWith(".") && !folder.equals(root));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    sources.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        sources.sort(null);
        return sources;
    }
}
