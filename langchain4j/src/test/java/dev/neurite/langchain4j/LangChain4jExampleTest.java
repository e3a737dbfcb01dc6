package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.PieceListener;
import dev.neurite.predict.Interceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LangChain4jExampleTest {
    @Test
    void theNearestTextAnswersTheQuestion() {
        ClassLoader classes = LangChain4jExampleTest.class.getClassLoader();
        assertThat(LangChain4jExample.mostSimilar(classes, "Will I need an umbrella?"))
                .isEqualTo("Rain is expected in the north.");
        assertThat(LangChain4jExample.mostSimilar(classes, "What is my pet doing?"))
                .isEqualTo("The cat sleeps on the sofa.");
    }

    @Test
    void anAssistantAnswers() {
        assertThat(LangChain4jExample.answered(LanguageFiles.CHATTING, "the rain"))
                .isNotEmpty();
    }

    /// Keeps what is written.
    private record Written(List<GeneratedText> texts) implements Interceptor {
        @Override
        public <T> T around(Supplier<T> prediction) {
            T made = prediction.get();
            if (made instanceof GeneratedText text) texts.add(text);
            return made;
        }
    }

    /// The log probabilities of an answer are those after the whole prompt.
    @Test
    void anAssistantReadsPassagesAndEarlierMessages() {
        var written = new Written(new ArrayList<>());
        try (LanguageModel model = LanguageModel.load(LanguageFiles.CHATTING)) {
            Generation how = Generation.USUAL.withMaxTokens(8).withLogProbabilities(3);
            LangChain4jExample.Assistant assistant = LangChain4jExample.reading(
                    NeuriteChatModel.of(model.with(written), how),
                    LangChain4jModels.FLOAT.ours(),
                    List.of("The cat sleeps on the sofa.", "Shares fell on Monday.", "Rain is expected in the north."));
            String first = assistant.answer("Will I need an umbrella?");
            assertThat(first).isNotEmpty();
            assistant.answer("What is my pet doing?");
            String one = """
                <user>Will I need an umbrella?

                Answer using the following information:
                Rain is expected in the north.<assistant>\
                """;
            String two = one + first + """
                <user>What is my pet doing?

                Answer using the following information:
                The cat sleeps on the sofa.<assistant>\
                """;
            assertThat(written.texts).hasSize(2);
            for (int i = 0; i < 2; i++) {
                GeneratedText answer = written.texts.get(i);
                int[] prompt = model.tokenizer().encodeChat(i == 0 ? one : two);
                GeneratedText expected = model.write(prompt, how, PieceListener.NONE);
                assertThat(answer.promptTokens()).isEqualTo(prompt.length);
                assertThat(answer.logProbabilities()).isEqualTo(expected.logProbabilities());
                assertThat(answer.text()).isEqualTo(expected.text());
            }
        }
    }
}
