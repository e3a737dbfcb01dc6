package dev.neurite.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// Starts the service that docs/language-models.md shows, and asks it as curl does.
class ChatServiceTest {
    private static final Path MODEL = Path.of("../../llm/src/test/resources/dev/neurite/llm/chatting.gguf");

    @Test
    void answersAreStreamed() throws Exception {
        List<Message> messages = List.of(
                new Message(Role.SYSTEM, "Answer in one sentence."), new Message(Role.USER, "Why is the sky blue?"));
        String expected;
        try (LanguageModel model = LanguageModel.load(MODEL)) {
            expected = model.chat(messages, Generation.USUAL).text();
        }
        try (ConfigurableApplicationContext service = SpringApplication.run(
                ChatService.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--neurite.models.fruit.warm-up=0",
                "--neurite.models.qwen.location=" + MODEL,
                "--neurite.models.qwen.context=1024",
                "--neurite.models.qwen.warm-up=1ms")) {
            String port = service.getEnvironment().getProperty("local.server.port");
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/chat"))
                    .timeout(Duration.ofSeconds(20))
                    .header("Content-Type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofString("Why is the sky blue?"))
                    .build();
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Transfer-Encoding")).contains("chunked");
            assertThat(response.body()).isEqualTo(expected);
        }
    }
}
