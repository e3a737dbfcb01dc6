import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.StreamingResponseHandler;
import dev.langchain4j.model.cohere.CohereScoringModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.jina.JinaScoringModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiLanguageModel;
import dev.langchain4j.model.openai.OpenAiStreamingLanguageModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// LangChain4j's clients of OpenAI, Jina and Cohere ask a server of models: `java -cp … LangChain4j.java
/// http://127.0.0.1:PORT`.
final class LangChain4j {
    private static int checks;

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
        checks++;
    }

    public static void main(String[] args) throws Exception {
        String url = args[0];
        EmbeddingModel embedder = OpenAiEmbeddingModel.builder()
                .baseUrl(url + "/v1")
                .apiKey("none")
                .modelName("minilm")
                .build();
        List<TextSegment> texts = List.of(
                TextSegment.from("The cat sits outside."),
                TextSegment.from("A dog runs to the door."),
                TextSegment.from("Rain falls on the sea."));
        Response<List<Embedding>> all = embedder.embedAll(texts);
        for (int i = 0; i < 3; i++) {
            check(all.content().get(i).dimension() == 384, "a vector of 384 numbers");
            check(all.content().get(i).equals(embedder.embed(texts.get(i)).content()), "a text alone, " + i);
        }
        check(all.tokenUsage().inputTokenCount() > 10, "usage: " + all.tokenUsage());
        texts(url);
        ScoringModel jina = JinaScoringModel.builder()
                .baseUrl(url + "/v1/")
                .apiKey("none")
                .modelName("scorer")
                .build();
        ScoringModel cohere = CohereScoringModel.builder()
                .baseUrl(url + "/v1/")
                .apiKey("none")
                .modelName("scorer")
                .build();
        List<Double> scores = jina.scoreAll(texts, "wind").content();
        check(scores.size() == 3 && scores.stream().allMatch(each -> each >= 0 && each <= 1), "scores: " + scores);
        check(cohere.scoreAll(texts, "wind").content().equals(scores), "the same from both");
        System.out.println("LangChain4j: " + checks + " checks hold");
        System.exit(0); // its clients' threads go on
    }

    private static void texts(String url) throws Exception {
        String text = OpenAiLanguageModel.builder()
                .baseUrl(url + "/v1")
                .apiKey("none")
                .modelName("writer")
                .temperature(0.0)
                .build()
                .generate("the cat ")
                .content();
        check(text.length() == 16, "a text of 16 characters, the usual number of tokens: " + text);
        CompletableFuture<String> done = new CompletableFuture<>();
        var streamed = new StringBuilder();
        OpenAiStreamingLanguageModel.builder()
                .baseUrl(url + "/v1")
                .apiKey("none")
                .modelName("writer")
                .temperature(0.0)
                .build()
                .generate("the cat ", new StreamingResponseHandler<String>() {
                    @Override
                    public void onNext(String token) {
                        streamed.append(token);
                    }

                    @Override
                    public void onComplete(Response<String> response) {
                        done.complete(response.content());
                    }

                    @Override
                    public void onError(Throwable error) {
                        done.completeExceptionally(error);
                    }
                });
        check(done.get(30, TimeUnit.SECONDS).equals(text), "the whole stream");
        check(streamed.toString().equals(text), "its pieces");
    }
}
