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
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Formats every Java source below a folder ("apply"), or names those that are not ("check").
/// Maven runs it on the build's JDK, not its own: a formatter parses with the javac of the JVM that runs it.
final class Format {
    private static final int LONGEST = 112; // characters of a line of a comment that is broken
    private static final Pattern PROSE = Pattern.compile("(?!```)[\\p{L}\\p{N}(\\[`*]"); // no tag, list, table, code

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
                return new Formatted(source, before, formatted(formatter, before), "");
            } catch (FormatterException e) {
                return new Formatted(source, before, before, e.getMessage());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The formatter breaks some long lines of comments and does not begin what follows with `///`. They are
    /// broken here first.
    private static String formatted(Formatter formatter, String before) throws FormatterException {
        try {
            String after = formatter.formatSourceAndFixImports(before);
            Set<String> kept = after.lines().map(String::strip).collect(Collectors.toSet());
            String whole = broken(before, line -> !kept.contains(line.strip()));
            return whole.equals(before) ? after : formatter.formatSourceAndFixImports(whole);
        } catch (FormatterException e) {
            String shorter = broken(before, line -> line.length() > LONGEST);
            if (shorter.equals(before)) {
                throw e;
            }
            return formatter.formatSourceAndFixImports(shorter);
        }
    }

    /// Breaks these lines of comments at a space. What is left begins the next line of the paragraph.
    private static String broken(String source, Predicate<String> which) {
        List<String> lines = new ArrayList<>(List.of(source.split("\n", -1)));
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String start = line.substring(0, line.indexOf(line.strip())) + "/// ";
            int at = line.lastIndexOf(' ', LONGEST);
            if (!line.startsWith(start) || line.length() <= LONGEST || at < start.length() || !which.test(line)) {
                continue;
            }
            lines.set(i, line.substring(0, at));
            String rest = start + line.substring(at + 1);
            String next = i + 1 < lines.size() ? lines.get(i + 1) : "";
            boolean goesOn = next.startsWith(start)
                    && PROSE.matcher(next.substring(start.length())).lookingAt();
            if (goesOn) {
                lines.set(i + 1, rest + " " + next.substring(start.length()));
            } else {
                lines.add(i + 1, rest);
            }
        }
        return String.join("\n", lines);
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
