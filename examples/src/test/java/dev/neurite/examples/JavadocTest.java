package dev.neurite.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The Javadoc of the classes that people meet first has an example, and that is a region of [Snippets], which
/// is compiled and run here. `scripts/docs/code_blocks.py` makes both equal.
class JavadocTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path EXAMPLES = ROOT.resolve("examples/src/main/java/dev/neurite/examples");
    private static final Pattern BLOCK =
            Pattern.compile("(?:<!-- (\\w+)#(\\w+) -->\\n)?```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void allOfThemRun(@TempDir Path folder) {
        Snippets.run(System.out, folder);
        assertThat(Snippets.table(Path.of("data", "fruit.csv")).test().size()).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core/check/GradientCheck",
                "core/data/Batches",
                "core/data/DataSplit",
                "core/data/Dataset",
                "core/data/table/Preprocessing",
                "core/data/table/Table",
                "core/io/ModelFile",
                "core/layer/Layers",
                "core/loss/Losses",
                "core/metric/Metrics",
                "core/model/Model",
                "core/network/Architecture",
                "core/optim/Optimizers",
                "core/optim/Schedules",
                "core/predict/Predictor",
                "core/search/CrossValidation",
                "core/search/Search",
                "core/tensor/Tensor",
                "core/train/Callback",
                "core/train/Evaluation",
                "core/train/Learner",
                "core/train/Run",
                "core/train/Trainer",
                "datasets/datasets/Csv",
                "datasets/datasets/ImageFolder"
            })
    void theClassHasAnExampleThatIsCompiled(String name) throws IOException {
        String[] parts = name.split("/", 2);
        Path file = ROOT.resolve(parts[0] + "/src/main/java/dev/neurite/" + parts[1] + ".java");
        String comments = Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("///"))
                .map(line -> line.substring(Math.min(4, line.length())))
                .collect(Collectors.joining("\n"));
        Matcher block = BLOCK.matcher(comments);
        int blocks = 0;
        for (; block.find(); blocks++) {
            String region = block.group(2);
            assertThat(region).as("the comment before the block").isNotNull();
            assertThat(block.group(3)).isEqualTo(region(block.group(1), region));
        }
        assertThat(blocks).isPositive();
    }

    /// A link is resolved only on one line, and with the brackets of arrays escaped.
    @Test
    void linksAreWhole() throws IOException {
        Pattern broken = Pattern.compile("///.*\\[[\\w.]*#[^]]*(?<!\\\\)(\\[]|$)");
        List<String> wrong = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path each : modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(each)) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                            .toList()) {
                        Files.readAllLines(file).stream()
                                .filter(line -> broken.matcher(line).find())
                                .forEach(line -> wrong.add(file.getFileName() + ": " + line.strip()));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /// The lines of a region, without their common indent.
    private static String region(String example, String name) throws IOException {
        String text = Files.readString(EXAMPLES.resolve(example + ".java"));
        Matcher part = Pattern.compile(
                        "^ *// region " + name + "\\n(.*?)^ *// endregion", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(text);
        assertThat(part.find()).as("%s#%s", example, name).isTrue();
        List<String> lines = part.group(1).lines().toList();
        int indent = lines.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        return lines.stream()
                .map(line -> line.substring(Math.min(indent, line.length())) + "\n")
                .collect(Collectors.joining());
    }
}
