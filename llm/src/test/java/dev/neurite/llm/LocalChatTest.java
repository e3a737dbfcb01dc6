package dev.neurite.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.json.Json;
import dev.neurite.llm.chat.Message;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalChatTest {
    @TempDir
    private Path directory;

    @Test
    void theExampleChatsAndGivesJson() throws Exception {
        var out = new ByteArrayOutputStream();
        LocalChat.run(ChattingModel.write(directory), new PrintStream(out, true, StandardCharsets.UTF_8));
        String text = out.toString(StandardCharsets.UTF_8);
        String json = text.substring(text.lastIndexOf("{\"color\""));
        assertThat(((Json.JsonObject) Json.read(json.strip())).map()).containsOnlyKeys("color", "sure");
    }

    @Test
    void aChatGoesOnWhereItWas() {
        try (LanguageModel model = LanguageModel.load(ChattingModel.write(directory))) {
            List<Message> first = List.of(new Message(Message.Role.USER, "the rain"));
            assertThat(model.tokenizer().decode(model.prompt(first, Map.of()), false))
                    .isEqualTo("user: the rain\nassistant: ");
            GeneratedText answer = model.chat(first, Generation.USUAL.greedy().withMaxTokens(5));
            List<Message> second = List.of(
                    first.getFirst(),
                    new Message(Message.Role.ASSISTANT, "and"),
                    new Message(Message.Role.USER, "the sea"));
            GeneratedText next = model.chat(second, Generation.USUAL.greedy().withMaxTokens(5));
            assertThat(next.keptTokens()).isBetween(answer.promptTokens() - 3, next.promptTokens() - 1);
            model.forget();
            assertThat(model.chat(second, Generation.USUAL.greedy().withMaxTokens(5))
                            .tokens())
                    .isEqualTo(next.tokens());
        }
    }
}
