package dev.neurite.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.metric.Confusion;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShadedMatrixTest {
    private static final String CODES = "\u001b\\[[0-9;]*m";

    private static Confusion confusion(String... names) {
        var confusion = new Confusion(List.of(names));
        for (int i = 0; i < 1200; i++) confusion.add(0, 0);
        confusion.add(0, 1);
        for (int i = 0; i < 5; i++) confusion.add(1, i % 2);
        return confusion;
    }

    @Test
    void withoutCodesItIsTheUsualMatrix() {
        Confusion confusion = confusion("cat", "a longer name");
        String shaded = ShadedMatrix.of(confusion);
        assertThat(shaded.replaceAll(CODES, "")).isEqualTo(EvaluationReport.matrix(confusion));
        assertThat(shaded).contains("\u001b[");
    }

    @Test
    void theShadeIsTheShareOfTheRow() {
        List<String> lines = ShadedMatrix.of(confusion("cat", "dog")).lines().toList();
        String cat = lines.get(lines.size() - 2);
        assertThat(cat).contains("48;5;18m1,200\u001b[0m", "48;5;153m1\u001b[0m");
        String dog = lines.getLast();
        assertThat(dog).contains("48;5;26m    3\u001b[0m", "48;5;26m2\u001b[0m");
        String never = ShadedMatrix.of(new Confusion(List.of("a", "b")));
        assertThat(never).doesNotContain("\u001b");
    }

    @Test
    void namesCannotColorTheTerminal() {
        String shaded = ShadedMatrix.of(confusion("\u001b[31mred\u0007", "b"));
        assertThat(shaded.replaceAll(CODES, "")).contains("\\u001b[31mred\\u0007");
        assertThat(shaded).doesNotContain("\u001b[31m", "\u0007");
    }
}
