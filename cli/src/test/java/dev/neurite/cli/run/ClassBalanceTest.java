package dev.neurite.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The note on classes that are much rarer than others.
final class ClassBalanceTest {
    @TempDir
    Path temp;

    /// Trains on a table with this many rows of each class.
    private String train(int[] rows, String... options) throws IOException {
        var text = new StringBuilder("x,left\n");
        for (int each = 0; each < rows.length; each++) {
            for (int i = 0; i < rows[each]; i++)
                text.append(i % 7).append(",class ").append((char) ('a' + each)).append('\n');
        }
        Path file = Files.writeString(temp.resolve("data.csv"), text);
        List<String> words = new ArrayList<>(List.of("train", file.toString(), "--label", "left", "--epochs", "1"));
        words.addAll(List.of(options));
        if (!words.contains("--folds")) {
            words.addAll(List.of("--overwrite", "--out", temp.resolve("run").toString()));
        }
        Cli trained = Cli.run(words.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        return trained.err();
    }

    @Test
    void aClassBelowAFifthOfItsEvenShareIsNoticed() throws IOException {
        assertThat(train(new int[] {920, 80}))
                .contains("note: classes are unbalanced: 'class b' is 8.0 % of the training rows, 'class a' 92.0 %. A"
                        + " model may hardly ever say 'class b'; to give rare classes more weight: --class-weights"
                        + " balanced");
        assertThat(train(new int[] {880, 120})).doesNotContain("unbalanced");
        assertThat(train(new int[] {200, 200, 200, 200, 20})).contains("'class e' is 2.4 % of the training rows");
        assertThat(train(new int[] {200, 200, 200, 200, 60})).doesNotContain("unbalanced");
        assertThat(train(new int[] {920, 80}, "--folds", "2")).contains("note: classes are unbalanced");
    }

    @Test
    void whoGivesRareClassesMoreWeightIsNotTold() throws IOException {
        int[] rows = {920, 80};
        assertThat(train(rows, "--class-weights", "balanced")).doesNotContain("unbalanced");
        assertThat(train(rows, "--class-weights", "1,5")).doesNotContain("unbalanced");
        assertThat(train(rows, "--balance")).doesNotContain("unbalanced");
        assertThat(train(rows, "--loss", "focal")).doesNotContain("unbalanced");
        assertThat(train(rows, "--label-smoothing", "0.1")).contains("unbalanced");
    }
}
