import java.util.Arrays;
import java.util.List;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;

/// Spring AI's client of OpenAI asks a server of models: `java -cp … SpringAi.java http://127.0.0.1:PORT`.
final class SpringAi {
    private static int checks;

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
        checks++;
    }

    public static void main(String[] args) {
        OpenAiEmbeddingModel model = OpenAiEmbeddingModel.builder()
                .options(OpenAiEmbeddingOptions.builder()
                        .baseUrl(args[0] + "/v1")
                        .apiKey("none")
                        .model("minilm")
                        .build())
                .build();
        List<String> texts = List.of("The cat sits outside.", "A dog runs to the door.", "Rain falls on the sea.");
        List<float[]> vectors = model.embed(texts);
        check(vectors.size() == 3, "as many vectors as texts");
        for (int i = 0; i < 3; i++) {
            check(vectors.get(i).length == 384, "a vector of " + vectors.get(i).length);
            check(Arrays.equals(vectors.get(i), model.embed(texts.get(i))), "a text alone, " + i);
        }
        check(model.dimensions() == 384, "dimensions: " + model.dimensions());
        EmbeddingResponse shorter = model.call(new EmbeddingRequest(
                texts,
                OpenAiEmbeddingOptions.builder().model("minilm").dimensions(64).build()));
        check(shorter.getResults().getFirst().getOutput().length == 64, "cut to 64");
        check(shorter.getMetadata().getUsage().getTotalTokens() > 10, "usage");
        System.out.println("Spring AI: " + checks + " checks hold");
        System.exit(0); // its client's threads go on
    }
}
