package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.generate.Sampling;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.serve.api.TextServer.Reply;
import dev.neurite.serve.model.Repository;
import dev.neurite.serve.model.Served;
import dev.neurite.serve.model.TextModels;
import dev.neurite.text.Side;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Answers in the forms of OpenAI, text-embeddings-inference and Jina.
class OpenAiTest {
    private static final String LONG = "the cat sat on the mat . a dog ran to the door";

    private static TextModels models;
    private static TextServer server;

    @BeforeAll
    static void start() {
        models = TextModels.shared();
        server = new TextServer(models.repository());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String json(Object value) {
        return Json.of(value).write();
    }

    /// In its shortest digits.
    private static Json number(float number) {
        return new Json.JsonNumber(Float.toString(number));
    }

    private static Reply good(String path, Map<String, ?> body) {
        Reply reply = server.post(path, json(body));
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply;
    }

    // ---------------------------------------------------------------------------------------------------- vectors

    @Test
    void vectorsAreTheEmbeddersToTheBit() {
        List<String> texts = List.of("the cat", "", LONG, "a dog");
        Reply floats = good("/v1/embeddings", Map.of("model", "vectors", "input", texts, "user", "me"));
        Reply bytes = good("/v1/embeddings", Map.of("model", "vectors", "input", texts, "encoding_format", "base64"));
        for (int i = 0; i < texts.size(); i++) {
            float[] expected = models.embedder.embed(texts.get(i));
            assertThat(floats.floats("data." + i + ".embedding")).containsExactly(expected);
            assertThat(floats.number("data." + i + ".index")).isEqualTo(i);
            byte[] raw = Base64.getDecoder().decode(bytes.text("data." + i + ".embedding"));
            float[] got = new float[raw.length / 4];
            ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(got);
            assertThat(got).containsExactly(expected);
        }
        int tokens = texts.stream().mapToInt(models.embedder::tokens).sum();
        assertThat(floats.number("usage.prompt_tokens")).isEqualTo(tokens);
        assertThat(floats.number("usage.total_tokens")).isEqualTo(tokens);
        assertThat(floats.text("object")).isEqualTo("list");
        assertThat(floats.text("model")).isEqualTo("vectors");
        Reply one = good("/v1/embeddings", Map.of("model", "vectors", "input", "a dog"));
        assertThat(one.floats("data.0.embedding")).containsExactly(models.embedder.embed("a dog"));
    }

    @Test
    void aVectorMayBeCut() {
        Map<String, Object> body = Map.of("model", "vectors", "input", "the cat", "dimensions", 3);
        float[] cut = good("/v1/embeddings", body).floats("data.0.embedding");
        float[] whole = models.embedder.withNormalization(false).embed("the cat");
        double length = Math.sqrt(Math.pow(whole[0], 2) + Math.pow(whole[1], 2) + Math.pow(whole[2], 2));
        assertThat(cut).hasSize(3);
        for (int i = 0; i < 3; i++) assertThat(cut[i]).isEqualTo((float) (whole[i] / length));
        Map<String, Object> all = Map.of("model", "vectors", "input", "the cat", "dimensions", 6);
        assertThat(good("/v1/embeddings", all).floats("data.0.embedding"))
                .containsExactly(models.embedder.embed("the cat"));
    }

    @Test
    void embedGivesVectorsAlone() {
        TextEmbedder embedder = models.embedder;
        assertThat(good("/embed", Map.of("inputs", List.of("a dog", LONG))).floats("1"))
                .containsExactly(embedder.embed(LONG));
        assertThat(good("/embed?model=vectors", Map.of("inputs", "a dog", "normalize", false))
                        .floats("0"))
                .containsExactly(embedder.withNormalization(false).embed("a dog"));
        assertThat(good("/embed", Map.of("inputs", LONG, "truncate", true)).floats("0"))
                .containsExactly(embedder.embed("the cat sat on the mat . a"))
                .containsExactly(embedder.embed(embedder.shortened(LONG, Side.RIGHT)));
        assertThat(good("/embed", Map.of("inputs", LONG, "truncate", true, "truncation_direction", "Left"))
                        .floats("0"))
                .containsExactly(embedder.embed("mat . a dog ran to the door"));
        assertThat(good("/embed", Map.of("inputs", "a dog", "truncate", false)).floats("0"))
                .containsExactly(embedder.embed("a dog"));
    }

    // ----------------------------------------------------------------------------------------------------- scores

    @Test
    void textsComeInTheOrderOfTheirScores() {
        List<String> texts = List.of("rain at sea", "wind", "sea", "wind and rain");
        float[] scores = models.scorer.score("wind", texts);
        Integer[] order = {0, 1, 2, 3};
        Arrays.sort(order, (a, b) -> Float.compare(scores[b], scores[a]));
        Reply raw = good("/rerank", Map.of("query", "wind", "texts", texts, "raw_scores", true, "return_text", true));
        Reply usual = good("/rerank?model=scorer", Map.of("query", "wind", "texts", texts, "truncate", true));
        Reply jina = good("/v1/rerank", Map.of("model", "scorer", "query", "wind", "documents", texts, "top_n", 3));
        for (int i = 0; i < 4; i++) {
            assertThat(raw.number(i + ".index")).isEqualTo(order[i].intValue());
            assertThat(raw.text(i + ".text")).isEqualTo(texts.get(order[i]));
            assertThat(raw.at(i + ".score")).isEqualTo(number(scores[order[i]]));
            float probability =
                    models.scorer.scores("wind", texts).get(order[i]).probability();
            assertThat(usual.at(i + ".score")).isEqualTo(number(probability));
            assertThat(usual.body()).doesNotContain("text");
            if (i < 3) {
                assertThat(jina.number("results." + i + ".index")).isEqualTo(order[i].intValue());
                assertThat(jina.at("results." + i + ".relevance_score")).isEqualTo(usual.at(i + ".score"));
            }
        }
        assertThat(((Json.JsonArray) jina.at("results")).list()).hasSize(3);
        Map<String, Object> with =
                Map.of("model", "scorer", "query", "wind", "documents", texts, "return_documents", true);
        assertThat(good("/v1/rerank", with).text("results.0.document.text")).isEqualTo(texts.get(order[0]));
    }

    // ------------------------------------------------------------------------------------------------------ models

    @Test
    void modelsOfTextsAreListed() {
        Reply all = server.get("/v1/models");
        assertThat(List.of(all.text("data.0.id"), all.text("data.1.id"), all.text("data.2.id")))
                .containsExactly("scorer", "vectors", "writer");
        assertThat(((Json.JsonArray) all.at("data")).list()).hasSize(3);
        assertThat(all.number("data.0.created")).isPositive();
        assertThat(server.get("/v1/models/writer").text("object")).isEqualTo("model");
        assertThat(server.get("/v1/models/other").text("error.code")).isEqualTo("model_not_found");
        assertThat(server.get("/v1/models/numbers").status()).isEqualTo(404);
    }

    /// What its schema requires is there. Of several models one is to be named.
    @Test
    void infoSaysWhatAModelTakes() {
        Reply vectors = server.get("/info?model=vectors");
        assertThat(((Json.JsonObject) vectors.at("model_type")).map()).containsOnlyKeys("embedding");
        assertThat(vectors.text("model_type.embedding.pooling")).isEqualTo("mean");
        assertThat(vectors.text("model_id")).isEqualTo("vectors");
        assertThat(vectors.text("model_dtype")).isEqualTo("float32");
        assertThat(vectors.number("max_input_length")).isEqualTo(models.embedder.mostTokens());
        assertThat(vectors.number("max_batch_tokens")).isEqualTo(8192);
        assertThat(vectors.number("max_client_batch_size")).isEqualTo(2048);
        assertThat(vectors.at("auto_truncate")).isEqualTo(new Json.JsonBoolean(false));
        Reply scorer = server.get("/info?model=scorer");
        assertThat(((Json.JsonObject) scorer.at("model_type.reranker")).map()).containsOnlyKeys("id2label", "label2id");
        assertThat(scorer.number("max_input_length")).isEqualTo(24);
        assertThat(scorer.at("auto_truncate")).isEqualTo(new Json.JsonBoolean(true));
        for (String path : List.of("/info", "/info?model=numbers")) {
            assertThat(server.get(path).status()).as(path).isEqualTo(400);
        }
        assertThat(server.get("/info").text("error")).isEqualTo("?model: expects one of scorer, vectors, got none");
        try (TextServer alone = new TextServer(new Repository(List.of(Served.of("one", "1", models.embedder))))) {
            assertThat(alone.get("/info").text("served_model_name")).isEqualTo("one");
        }
    }

    // ------------------------------------------------------------------------------------------------------- texts

    @Test
    void aTextIsThePredictors() {
        Map<String, Object> body = Map.of(
                "model", "writer", "prompt", "the cat", "max_tokens", 20, "seed", 7, "temperature", 0.9, "top_p", 0.8);
        Reply reply = good("/v1/completions", body);
        String expected = models.writer
                .generate(
                        "the cat",
                        20,
                        Sampling.USUAL.withTemperature(0.9).withTopP(0.8).withSeed(7),
                        _ -> {})
                .text();
        assertThat(reply.text("choices.0.text")).isEqualTo(expected);
        assertThat(reply.text("choices.0.finish_reason")).isEqualTo("length");
        assertThat(reply.text("object")).isEqualTo("text_completion");
        assertThat(reply.text("id")).startsWith("cmpl-");
        assertThat(reply.number("usage.prompt_tokens")).isEqualTo(7);
        assertThat(reply.number("usage.completion_tokens")).isEqualTo(20);
        assertThat(reply.number("usage.total_tokens")).isEqualTo(27);
        assertThat(good("/v1/completions", body).text("choices.0.text")).isEqualTo(expected);
        Map<String, Object> likeliest = Map.of("model", "writer", "prompt", "the cat", "top_p", 0);
        Map<String, Object> cold = Map.of("model", "writer", "prompt", "the cat", "temperature", 0);
        assertThat(good("/v1/completions", likeliest).text("choices.0.text"))
                .isEqualTo(good("/v1/completions", cold).text("choices.0.text"))
                .isNotEmpty();
    }

    @Test
    void aTextIsComputedWithTheKernelsOfTheServer() {
        Queue<String> calls = new ConcurrentLinkedQueue<>();
        InvocationHandler counting = (_, method, arguments) -> {
            calls.add(method.getName());
            return method.invoke(Kernels.shared(), arguments);
        };
        var counted = (Kernels)
                Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, counting);
        try (Repository repository = models.repository(counted);
                TextServer other = new TextServer(repository)) {
            calls.clear();
            other.post("/v1/completions", json(Map.of("model", "writer", "prompt", "the")));
            assertThat(calls).contains("dense");
        }
    }

    @Test
    void withoutASeedTextsDiffer() {
        Map<String, Object> body = Map.of("model", "writer", "prompt", "the", "max_tokens", 60, "temperature", 2);
        assertThat(good("/v1/completions", body).text("choices.0.text"))
                .isNotEqualTo(good("/v1/completions", body).text("choices.0.text"));
    }

    @Test
    void severalPromptsHaveSeveralChoices() {
        Reply reply = good(
                "/v1/completions",
                Map.of("model", "writer", "prompt", List.of("the cat", "a dog"), "n", 2, "seed", 3, "echo", true));
        for (int i = 0; i < 4; i++) {
            String prompt = i < 2 ? "the cat" : "a dog";
            String text = models.writer
                    .generate(prompt, 16, Sampling.USUAL.withSeed(3 + i % 2), _ -> {})
                    .text();
            assertThat(reply.text("choices." + i + ".text")).isEqualTo(prompt + text);
            assertThat(reply.number("choices." + i + ".index")).isEqualTo(i);
        }
        assertThat(reply.number("usage.prompt_tokens")).isEqualTo(12);
        assertThat(reply.number("usage.completion_tokens")).isEqualTo(64);
    }

    @Test
    void aStreamIsTheTextInPieces() {
        for (boolean echo : new boolean[] {false, true}) {
            Map<String, Object> whole = Map.of(
                    "model",
                    "writer",
                    "prompt",
                    List.of("the cat", "a dog"),
                    "n",
                    2,
                    "seed",
                    5,
                    "echo",
                    echo,
                    "stop",
                    "at",
                    "max_tokens",
                    40);
            var streamed = new HashMap<>(whole);
            streamed.put("stream", true);
            streamed.put("stream_options", Map.of("include_usage", true));
            Reply once = good("/v1/completions", whole);
            Reply stream = good("/v1/completions", streamed);
            assertThat(stream.response().headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/event-stream");
            assertThat(stream.body()).endsWith("data: [DONE]\n\n");
            List<Reply> events = stream.events();
            Reply last = events.getLast();
            assertThat(last.at("usage")).isEqualTo(once.at("usage"));
            assertThat(last.at("choices")).isEqualTo(Json.of(List.of()));
            var texts = new String[] {"", "", "", ""};
            var reasons = new ArrayList<String>();
            for (Reply each : events.subList(0, events.size() - 1)) {
                assertThat(each.at("usage")).isEqualTo(Json.of(null));
                assertThat(each.text("id")).isEqualTo(last.text("id"));
                texts[(int) each.number("choices.0.index")] += each.text("choices.0.text");
                if (each.at("choices.0.finish_reason") instanceof Json.JsonString(String reason)) reasons.add(reason);
            }
            for (int i = 0; i < 4; i++) {
                assertThat(texts[i]).isEqualTo(once.text("choices." + i + ".text"));
                assertThat(reasons.get(i)).isEqualTo(once.text("choices." + i + ".finish_reason"));
            }
        }
    }

    @Test
    void aTextEndsBeforeAStopSequence() {
        Sampling likeliest = Sampling.USUAL.withTemperature(0);
        String all = models.writer.generate("the", 40, likeliest, _ -> {}).text();
        String stop = all.substring(10, 13);
        String expected = all.substring(0, all.indexOf(stop));
        assertThat(expected).as("varied enough").hasSizeGreaterThan(4);
        Map<String, Object> body = Map.of(
                "model", "writer", "prompt", "the", "max_tokens", 40, "temperature", 0, "stop", List.of("q", stop));
        Reply reply = good("/v1/completions", body);
        assertThat(reply.text("choices.0.text")).isEqualTo(expected);
        assertThat(reply.text("choices.0.finish_reason")).isEqualTo("stop");
        long tokens = reply.number("usage.completion_tokens"); // as many as make the stop sequence whole
        String written =
                models.writer.generate("the", (int) tokens, likeliest, _ -> {}).text();
        assertThat(written).endsWith(stop);
        assertThat(written.indexOf(stop)).isEqualTo(expected.length());
    }
}
