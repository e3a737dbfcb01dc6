package dev.neurite.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The files of the pages: their functions, what they refer to, and what the content security policy would refuse.
class PageScriptsTest {
    private static final Path PAGE = Path.of("src/main/resources/dev/neurite/dashboard/page");
    private static final Path TESTS = Path.of("src/test/js");
    private static final Pattern IMPORT = Pattern.compile("(?:from|import)\\s+'(\\.[^']+)'|new URL\\('(\\.[^']+)'");
    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"#]+)\"");

    @Test
    @Timeout(120)
    void theFunctionsOfThePageDoWhatTheyShould() throws Exception {
        Path node = Needed.program("node", "Node.js, Debian's package nodejs");
        List<String> command = new ArrayList<>(List.of(node.toString(), "--test"));
        try (Stream<Path> files = Files.walk(TESTS)) {
            files.map(Path::toString)
                    .filter(each -> each.endsWith(".test.js"))
                    .sorted()
                    .forEach(command::add);
        }
        assertThat(command).hasSizeGreaterThan(9);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).containsPattern("pass [1-9]");
    }

    @Test
    void whatScriptsImportIsThere() {
        int count = 0;
        for (Path script : files(".js")) {
            Matcher found = IMPORT.matcher(read(script));
            while (found.find()) {
                String name = found.group(1) != null ? found.group(1) : found.group(2);
                assertThat(script.resolveSibling(name).normalize())
                        .as("imported by %s", script)
                        .isRegularFile();
                count++;
            }
        }
        assertThat(count).isGreaterThan(50);
    }

    @Test
    void whatPagesReferToIsThere() {
        for (Path page : files(".html")) {
            Matcher found = REFERENCE.matcher(read(page));
            int count = 0;
            while (found.find()) {
                String name = found.group(1);
                assertThat(name).as("in %s", page).doesNotContain("//");
                if (name.contains("."))
                    assertThat(PAGE.resolve(name.replaceFirst("^/", ""))).isRegularFile();
                count++;
            }
            assertThat(count).as("references in %s", page).isGreaterThan(2);
        }
    }

    @Test
    void pagesHaveNothingThatTheContentSecurityPolicyRefuses() {
        for (Path page : files(".html")) {
            assertThat(read(page))
                    .as("%s", page)
                    .doesNotContainPattern("<style|\\sstyle=|\\son[a-z]+=|javascript:")
                    .doesNotContainPattern("<script(?![^>]*\\ssrc=)");
        }
    }

    @Test
    void textFromDataNeverBecomesMarkup() {
        for (Path script : files(".js")) {
            assertThat(read(script))
                    .as("%s", script)
                    .doesNotContainPattern("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|new"
                            + " Function|setHTMLUnsafe")
                    .doesNotContainPattern("setAttribute\\('style'|https?://(?!www\\.w3\\.org/)");
        }
    }

    private static List<Path> files(String ending) {
        try (Stream<Path> all = Files.walk(PAGE)) {
            List<Path> found = all.filter(each -> each.toString().endsWith(ending))
                    .filter(each -> !each.toString().contains("vendor"))
                    .sorted()
                    .toList();
            assertThat(found).isNotEmpty();
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
