package dev.neurite.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Java code in the documents is code of the examples: each block names its file and region in a comment
/// before it, `<!-- QuickStart#quickstart -->`, and is equal to it.
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath();
    private static final Pattern BLOCK =
            Pattern.compile("(?:<!-- (\\w+)#(\\w+) -->\\n)?```java\\n(.*?)```", Pattern.DOTALL);

    @TestFactory
    Stream<DynamicTest> everyJavaBlockIsARegionOfAnExample() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String document : List.of("README.md", "docs/guide.md")) {
            Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve(document)));
            while (block.find()) {
                String name = block.group(1) + "#" + block.group(2);
                String code = block.group(3);
                tests.add(DynamicTest.dynamicTest(document + " " + name, () -> {
                    assertThat(name).as("the comment before the block").doesNotContain("null");
                    assertThat(code).isEqualTo(region(name));
                }));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    /// The lines between all pairs of `// region name` and `// endregion`, their common indent taken away.
    private static String region(String name) throws IOException {
        String[] parts = name.split("#", -1);
        Path source = ROOT.resolve("examples/src/main/java/dev/neurite/examples/" + parts[0] + ".java");
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
