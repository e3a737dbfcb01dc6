package dev.neurite.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Java code in the documents is code of the examples: each block names its file and region in a comment
/// before it, `<!-- QuickStart#quickstart -->`, and is equal to it. `scripts/docs/code_blocks.py` makes it so, and adds
/// the imports of the region, folded, which `mkdocs build --strict` checks.
/// Examples that need Spark, ONNX or LangChain4j are among the tests of that module, which compile and run them.
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<Path> SOURCES = List.of(
            ROOT.resolve("examples/src/main/java/dev/neurite/examples"),
            ROOT.resolve("spark/src/test/java/dev/neurite/spark"),
            ROOT.resolve("onnx/src/test/java/dev/neurite/onnx"),
            ROOT.resolve("langchain4j/src/test/java/dev/neurite/langchain4j"),
            ROOT.resolve("llm/src/test/java/dev/neurite/llm"),
            ROOT.resolve("serve/src/test/java/dev/neurite/serve"),
            ROOT.resolve("examples/spring-service/src/main/java/dev/neurite/examples/spring"),
            ROOT.resolve("examples/spring-service/src/test/java/dev/neurite/examples/chat"));
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
    private static final Pattern BLOCK = Pattern.compile(
            "(?:<!-- (\\w+)#(\\w+) -->\\n"
                    + ")?```java\\n"
                    + "(.*?)```(?:\\n"
                    + "<details markdown=\"1\"><summary>Imports</summary>.*?</details>)?",
            Pattern.DOTALL);

    @TestFactory
    Stream<DynamicTest> everyJavaBlockIsARegionOfAnExample() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path document : documents()) {
            Matcher block = BLOCK.matcher(Files.readString(document));
            while (block.find()) {
                String name = block.group(1) + "#" + block.group(2);
                String code = block.group(3);
                tests.add(DynamicTest.dynamicTest(ROOT.relativize(document) + " " + name, () -> {
                    assertThat(name).as("the comment before the block").doesNotContain("null");
                    assertThat(code).isEqualTo(region(name));
                }));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> everyLinkLeadsToAFileAndAHeading() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                String target = link.group(1);
                if (target.matches("https?:.*")) continue;
                tests.add(DynamicTest.dynamicTest(
                        ROOT.relativize(document) + " " + target, () -> follow(document, target)));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    /// The page of kinds of models names the tests that show what it says.
    @TestFactory
    Stream<DynamicTest> everyTestThatIsNamedExists() throws IOException {
        Map<String, List<String>> sources = new HashMap<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(ROOT)) {
            for (Path module : modules) {
                Path tests = module.resolve("src/test/java");
                if (!Files.isDirectory(tests)) continue;
                try (Stream<Path> files = Files.walk(tests)) {
                    for (Path file : (Iterable<Path>) files::iterator) {
                        String name = String.valueOf(file.getFileName());
                        if (!name.endsWith("Test.java")) continue;
                        sources.computeIfAbsent(name.replace(".java", ""), _ -> new ArrayList<>())
                                .add(Files.readString(file));
                    }
                }
            }
        }
        Matcher named = NAMED_TEST.matcher(Files.readString(ROOT.resolve("docs/kinds.md")));
        Map<String, DynamicTest> tests = new TreeMap<>();
        while (named.find()) {
            String type = named.group(1);
            Pattern method = Pattern.compile("\\s(?:void|Stream<DynamicTest>) " + named.group(2) + "\\(");
            tests.put(
                    named.group(),
                    DynamicTest.dynamicTest(
                            named.group(),
                            () -> assertThat(sources.getOrDefault(type, List.of()))
                                    .anyMatch(source -> method.matcher(source).find())));
        }
        assertThat(tests).hasSizeGreaterThan(40);
        return tests.values().stream();
    }

    private static void follow(Path document, String target) throws IOException {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
        assertThat(file).exists();
        if (parts.length == 1) return;
        assertThat(Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith("#"))
                        .map(DocumentationTest::anchor))
                .contains(parts[1]);
    }

    /// What a heading is called in links: lower case, words joined by hyphens, without punctuation.
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{IsAlphabetic}\\p{IsDigit} _-]", "")
                .replace(' ', '-');
    }

    /// The pages for people: README and docs, decisions apart.
    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        for (String name : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"))
            documents.add(ROOT.resolve(name));
        try (DirectoryStream<Path> pages = Files.newDirectoryStream(ROOT.resolve("docs"), "*.md")) {
            pages.forEach(documents::add);
        }
        return documents;
    }

    /// The lines between all pairs of `// region name` and `// endregion`, their common indent taken away.
    private static String region(String name) throws IOException {
        String[] parts = name.split("#", -1);
        Path source = SOURCES.stream()
                .map(each -> each.resolve(parts[0] + ".java"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no example " + parts[0]));
        StringBuilder all = new StringBuilder();
        StringBuilder part = null;
        for (String line : Files.readAllLines(source)) {
            if (line.strip().equals("// region " + parts[1])) {
                part = new StringBuilder();
            } else if (line.strip().equals("// endregion") && part != null) {
                all.append(all.isEmpty() ? "" : "\n")
                        .append(part.toString().stripTrailing().stripIndent())
                        .append('\n');
                part = null;
            } else if (part != null) {
                part.append(line).append('\n');
            }
        }
        return all.toString();
    }
}
