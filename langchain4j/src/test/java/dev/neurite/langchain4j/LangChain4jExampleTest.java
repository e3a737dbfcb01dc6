package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void anAssistantAnswers(@TempDir Path directory) {
        Path file = LanguageFiles.chatting(directory.resolve("model.gguf"));
        assertThat(LangChain4jExample.answered(file, "the rain")).isNotEmpty();
    }
}
