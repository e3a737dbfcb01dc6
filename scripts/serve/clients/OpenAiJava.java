import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// OpenAI's client for Java asks a server of models: `java -cp … OpenAiJava.java http://127.0.0.1:PORT`.
final class OpenAiJava {
    private static int checks;

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
        checks++;
    }

    public static void main(String[] args) {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(args[0] + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
        List<String> models =
                client.models().list().data().stream().map(each -> each.id()).toList();
        check(models.equals(List.of("chatter", "minilm", "scorer", "writer")), "models: " + models);
        vectors(client);
        texts(client);
        mistakes(client);
        System.out.println("com.openai:openai-java: " + checks + " checks hold");
        client.close();
    }

    private static void vectors(OpenAIClient client) {
        List<String> texts = IntStream.range(0, 40)
                .mapToObj(i -> "Sentence " + i + " is about " + "cats and ".repeat(i % 7) + "dogs.")
                .toList();
        EmbeddingCreateParams.Builder asked =
                EmbeddingCreateParams.builder().model("minilm").inputOfArrayOfStrings(texts);
        CreateEmbeddingResponse usual = client.embeddings().create(asked.build());
        CreateEmbeddingResponse floats = client.embeddings()
                .create(asked.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                        .build());
        CreateEmbeddingResponse base64 = client.embeddings()
                .create(asked.encodingFormat(EmbeddingCreateParams.EncodingFormat.BASE64)
                        .build());
        for (int i = 0; i < texts.size(); i++) {
            List<Float> vector = floats.data().get(i).embedding();
            check(vector.size() == 384, "a vector of " + vector.size());
            check(vector.equals(usual.data().get(i).embedding()), "the usual form of vector " + i);
            check(vector.equals(base64.data().get(i).embedding()), "base64 of vector " + i);
        }
    }

    private static void texts(OpenAIClient client) {
        CompletionCreateParams asked = CompletionCreateParams.builder()
                .model("writer")
                .prompt("the cat ")
                .maxTokens(60)
                .seed(5)
                .temperature(0.9)
                .topP(0.9)
                .build();
        Completion once = client.completions().create(asked);
        String text = once.choices().getFirst().text();
        check(text.length() > 30, "a text: " + text);
        check(once.usage().orElseThrow().completionTokens() == 60, "its tokens");
        try (StreamResponse<Completion> stream = client.completions().createStreaming(asked)) {
            String streamed = stream.stream()
                    .flatMap(each -> each.choices().stream())
                    .map(each -> each.text())
                    .collect(Collectors.joining());
            check(streamed.equals(text), "streamed: " + streamed);
        }
        check(client.completions().create(asked).choices().getFirst().text().equals(text), "the same seed again");
    }

    private static void mistakes(OpenAIClient client) {
        try {
            client.embeddings()
                    .create(EmbeddingCreateParams.builder()
                            .model("other")
                            .input("a")
                            .build());
            check(false, "a model that is not there");
        } catch (NotFoundException e) {
            check(e.code().orElse("").equals("model_not_found"), "code: " + e.code());
            check(e.param().orElse("").equals("model"), "param: " + e.param());
        }
        try {
            client.completions()
                    .create(CompletionCreateParams.builder()
                            .model("writer")
                            .prompt("the ")
                            .bestOf(3)
                            .build());
            check(false, "the best of several");
        } catch (BadRequestException e) {
            check(e.param().orElse("").equals("best_of"), "param: " + e.param());
        }
    }
}
