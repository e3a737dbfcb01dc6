package dev.neurite.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked // members of JSON that are missing fail the test
final class PageFilesTest {
    /// Files of the playground and of the pages of models, which serve them themselves, and licences.
    private static boolean isServed(String name) {
        return !name.startsWith("playground")
                && !name.contains("/playground")
                && !name.matches("models?\\.html|js/models?\\.js")
                && !name.endsWith("LICENSE");
    }

    @Test
    void everyFileOfThePageIsServed() throws IOException, URISyntaxException {
        Path page =
                Path.of(PageFiles.class.getResource("page/index.html").toURI()).getParent();
        try (Stream<Path> files = Files.walk(page)) {
            Set<String> there = files.filter(Files::isRegularFile)
                    .map(each -> page.relativize(each).toString().replace('\\', '/'))
                    .filter(PageFilesTest::isServed)
                    .map(each -> "/" + each)
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> served = new TreeSet<>(PageFiles.assets().paths());
            assertThat(served.remove("/")).isTrue();
            served.removeIf(each -> !isServed(each.substring(1)));
            assertThat(there).containsAll(served);
            assertThat(served).containsAll(there);
        }
    }
}
