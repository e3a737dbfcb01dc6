package dev.neurite.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

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
}
