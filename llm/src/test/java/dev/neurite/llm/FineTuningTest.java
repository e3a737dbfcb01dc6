package dev.neurite.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.data.Dataset;
import dev.neurite.error.DataException;
import dev.neurite.layer.Lora;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import dev.neurite.loss.Losses;
import dev.neurite.train.Evaluation;
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
        FineTuning.run(
                file, Collections.nCopies(32, TEXT), directory, new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(" and the sea\n");
        try (LanguageModel before = LanguageModel.load(file);
                LanguageModel after = LanguageModel.load(file, LoadSettings.USUAL.withAdapter(directory))) {
            Dataset data = before.examples(List.of(TEXT));
            assertThat(loss(before, data)).isGreaterThan(2);
            assertThat(loss(after, data)).isLessThan(0.1);
            assertThat(after.scores().parameters().encoded())
                    .isEqualTo(before.scores().parameters().encoded())
                    .isNotEmpty();
            assertThat(Lora.from(after.scores()).targets()).contains("model.layers.0.self_attn.q_proj");
        }
    }

    private static double loss(LanguageModel model, Dataset data) {
        return Evaluation.of(model.scores(), data, Losses.crossEntropy()).loss();
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

    @Test
    void onlyAnswersOfChatsAreTrained() {
        var ask = new Message(Role.USER, "the rain");
        var answer = new Message(Role.ASSISTANT, "and the sea");
        var more = new Message(Role.USER, "a sea");
        var last = new Message(Role.ASSISTANT, "the rain and");
        try (LanguageModel model = LanguageModel.load(ChattingModel.write(directory))) {
            Dataset data = model.chatExamples(List.of(List.of(ask, answer, more, last), List.of(ask, answer)));
            int[] all = model.tokenizer()
                    .encodeChat("user: the rain\nassistant: and the sea\nuser: a sea\nassistant: the rain and\n");
            int[] labels = new int[all.length - 1];
            data.readLabels(0, labels, 0);
            StringBuilder trained = new StringBuilder();
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] == LanguageModel.IGNORED) continue;
                assertThat(labels[i]).isEqualTo(all[i + 1]);
                trained.append(model.tokenizer().decode(new int[] {labels[i]}, false));
            }
            assertThat(trained).hasToString("and the sea\nthe rain and\n");
            assertThat(Evaluation.of(model.scores(), data, Losses.crossEntropy().ignoring(LanguageModel.IGNORED))
                            .loss())
                    .isPositive();
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.chatExamples(List.of(List.of(ask, answer), List.of(ask))))
                    .withMessage("chat 1: expects a last message of the assistant, got one of user");
        }
    }
}
