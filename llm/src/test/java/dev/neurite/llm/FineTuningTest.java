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

    private static final Message ASK = new Message(Role.USER, "the rain");
    private static final Message ANSWER = new Message(Role.ASSISTANT, "and the sea");
    private static final List<Message> CHAT =
            List.of(ASK, ANSWER, new Message(Role.USER, "a sea"), new Message(Role.ASSISTANT, "the rain and"));

    @Test
    void onlyAnswersOfChatsAreTrainedAndWhatEndsThem() {
        String template = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] }}"
                + "{% if m['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\\n' }}{% endfor %}"
                + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";
        try (LanguageModel model = LanguageModel.load(ChattingModel.write(directory, template))) {
            String end =
                    model.tokenizer().decode(new int[] {model.tokenizer().eos().orElseThrow()}, false);
            Dataset data = model.chatExamples(List.of(CHAT, List.of(ASK, ANSWER)));
            int[] all = model.tokenizer()
                    .encodeChat("user: the rain\nassistant: and the sea" + end
                            + "\nuser: a sea\nassistant: the rain and" + end + "\n");
            int[] labels = new int[all.length - 1];
            data.readLabels(0, labels, 0);
            StringBuilder trained = new StringBuilder();
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] == LanguageModel.IGNORED) continue;
                assertThat(labels[i]).isEqualTo(all[i + 1]);
                trained.append(model.tokenizer().decode(new int[] {labels[i]}, false));
            }
            assertThat(trained).hasToString("and the sea" + end + "the rain and" + end);
            Evaluation result =
                    Evaluation.of(model.scores(), data, Losses.crossEntropy().ignoring(LanguageModel.IGNORED));
            assertThat(result.loss()).isPositive();
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.chatExamples(List.of(CHAT, List.of(ANSWER, ASK))))
                    .withMessage("chat 1: expects messages whose last one is of the assistant, got [assistant, user]");
        }
    }

    @Test
    void templatesThatDoNotEndAnswersServeForTheLastOne() {
        try (LanguageModel model = LanguageModel.load(ChattingModel.write(directory))) {
            assertThat(model.chatExamples(List.of(List.of(ASK, ANSWER))).size()).isEqualTo(1);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.chatExamples(List.of(CHAT)))
                    .withMessageContaining("chat 0, message 1");
        }
    }

    @Test
    void anAnswerWithoutATokenIsRefused() {
        String template = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] }}"
                + "{% if not loop.last or add_generation_prompt %}{{ '\\n' }}{% endif %}{% endfor %}"
                + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";
        try (LanguageModel model = LanguageModel.load(ChattingModel.write(directory, template))) {
            assertThat(model.chatExamples(List.of(List.of(ASK, ANSWER))).size()).isEqualTo(1);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.chatExamples(List.of(List.of(ASK, new Message(Role.ASSISTANT, "")))))
                    .withMessage("chat 0, message 1: expects an answer of at least one token, got none. Leave it out");
        }
    }

    /// Or what follows an answer would be trained up to the next end.
    @Test
    void templatesThatEndTheLastAnswerOnlyServeForOne() {
        String template =
                ChattingModel.TEMPLATE + "{% if messages[-1]['role'] == 'assistant' %}{{ eos_token }}{% endif %}";
        try (LanguageModel model = LanguageModel.load(ChattingModel.write(directory, template))) {
            assertThat(model.chatExamples(List.of(List.of(ASK, ANSWER))).size()).isEqualTo(1);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.chatExamples(List.of(CHAT)))
                    .withMessageContaining("chat 0, message 3");
        }
    }

    /// As Mistral's, which write a system message before the last question, if that is the last message.
    @Test
    void templatesThatAskOtherwiseThanTheyWriteAreRefused() {
        String template = "{% for m in messages %}{% if loop.last %}{{ 'S ' }}{% endif %}{{ m['content'] + '\\n' }}"
                + "{% endfor %}";
        try (LanguageModel model = LanguageModel.load(ChattingModel.write(directory, template))) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.chatExamples(List.of(List.of(ASK, ANSWER))))
                    .withMessageContaining("chat 0, message 1");
        }
    }
}
