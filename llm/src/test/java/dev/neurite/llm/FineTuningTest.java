package dev.neurite.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.data.Dataset;
import dev.neurite.error.DataException;
import dev.neurite.io.LoraFile;
import dev.neurite.layer.Lora;
import dev.neurite.train.Run;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuningTest {
    private static final String TEXT = "the rain and the sea";

    @TempDir
    private Path directory;

    /// Beside weights in 8 bits, which stay as they are.
    @Test
    void aModelLearnsATextAndWritesIt() {
        Path file = Truth.path("tiny-Q8_0");
        var out = new ByteArrayOutputStream();
        Run run = FineTuning.run(
                file, Collections.nCopies(32, TEXT), directory, 25, new PrintStream(out, true, StandardCharsets.UTF_8));
        double first = run.history().epochs().getFirst().loss();
        double last = run.history().epochs().getLast().loss();
        assertThat(first).isGreaterThan(2);
        assertThat(last).isLessThan(0.1);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(" and the sea\n");
        try (LanguageModel model = LanguageModel.load(file)) {
            assertThat(run.model().parameters().encoded())
                    .isEqualTo(model.scores().parameters().encoded())
                    .isNotEmpty();
            assertThat(LoraFile.read(directory).rank()).isEqualTo(8);
            assertThat(Lora.from(run.model()).targets()).contains("model.layers.0.self_attn.q_proj");
        }
    }

    @Test
    void eachPositionHasTheTokenThatFollows() {
        try (LanguageModel model = LanguageModel.load(Truth.path("tiny-F32"))) {
            int[] tokens = model.tokenizer().encode(TEXT);
            Dataset data = model.examples(List.of(TEXT, "a sea"));
            assertThat(data.size()).isEqualTo(2);
            assertThat(data.classNames()).hasSize(model.decoder().vocabulary());
            int[] next = new int[tokens.length];
            data.readLabels(0, next, 0);
            for (int i = 1; i < tokens.length; i++) assertThat(next[i - 1]).isEqualTo(tokens[i]);
            assertThat(next[tokens.length - 1])
                    .isEqualTo(model.tokenizer().eos().orElseThrow());
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.examples(List.of(TEXT, TEXT.repeat(model.context()))))
                    .withMessageContaining("text 1");
            assertThatExceptionOfType(DataException.class).isThrownBy(() -> model.examples(List.of()));
        }
    }
}
