package dev.neurite.llm;

import dev.neurite.generate.Sampling;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.grammar.JsonGrammar;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Chats with a language model of a published family, from a GGUF file or a directory of Hugging Face.
public final class LocalChat {
    private LocalChat() {}

    /// @param args the model
    public static void main(String[] args) {
        run(Path.of(args[0]), System.out);
    }

    static void run(Path file, PrintStream out) {
        // region chat
        try (LanguageModel model = LanguageModel.load(file)) {
            List<Message> messages = new ArrayList<>();
            messages.add(new Message(Message.Role.SYSTEM, "Answer in one sentence."));
            messages.add(new Message(Message.Role.USER, "Why is the sky blue?"));
            Generation careful = Generation.USUAL
                    .withMaxTokens(200)
                    .withSampling(Sampling.USUAL.withTemperature(0.7).withTopP(0.9));
            GeneratedText answer = model.chat(messages, careful, piece -> {
                out.print(piece); //                                       while it is written
                return true; //                                            false ends it
            });
            messages.add(new Message(Message.Role.ASSISTANT, answer.text()));
            messages.add(new Message(Message.Role.USER, "And at sunset?"));
            out.println(model.chat(messages, careful).text()); //          computes the new messages alone
        }
        // endregion
        try (LanguageModel model = LanguageModel.load(file)) {
            // region json
            String schema = """
                {"type": "object", "required": ["color", "sure"],
                 "properties": {"color": {"enum": ["blue", "red"]}, "sure": {"type": "boolean"}}}\
                """;
            Generation json = Generation.USUAL.withGrammar(JsonGrammar.schema(schema));
            out.println(model.complete("The sky as JSON: ", json).text()); // {"color": "blue", "sure": true}
            // endregion
        }
    }
}
