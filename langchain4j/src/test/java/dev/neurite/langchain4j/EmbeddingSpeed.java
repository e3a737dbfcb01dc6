package dev.neurite.langchain4j;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.StringJoiner;

/// Sentences a second of LangChain4j's models, and of onnxruntime in batches, in turn with Neurite's. Run it
/// while nothing else runs: `java --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp …
/// EmbeddingSpeed [rounds [model]]`
final class EmbeddingSpeed {
    private static final int SENTENCES = 200;
    private static final int BATCH = 8;
    private static final int WARM_UP = 3;

    private EmbeddingSpeed() {}

    /// A way to embed all sentences.
    private interface Way {
        void run() throws OrtException;
    }

    /// Measures and prints.
    /// @param args the number of rounds, 7 by default; FLOAT or QUANTIZED, both by default
    public static void main(String[] args) throws IOException, OrtException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 7;
        List<String> sentences = sentences();
        for (LangChain4jModels each : LangChain4jModels.values()) {
            if (args.length < 2 || args[1].equals(each.name())) measure(each, sentences, rounds);
        }
        System.exit(0); // LangChain4j's threads
    }

    private static void measure(LangChain4jModels model, List<String> sentences, int rounds)
            throws IOException, OrtException {
        NeuriteEmbeddingModel ours = model.ours();
        EmbeddingModel theirs = model.theirs();
        List<String> sorted = sentences.stream()
                .sorted(Comparator.comparingInt(String::length))
                .toList();
        try (InputStream file = open(model.file());
                InputStream json = open(model.tokenizer());
                OrtSession session = OrtEnvironment.getEnvironment().createSession(file.readAllBytes());
                HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(json, Map.of("padding", "true"))) {
            Map<String, Way> ways = new LinkedHashMap<>();
            ways.put("Neurite, one by one", () -> sentences.forEach(ours::embed));
            ways.put("LangChain4j, one by one", () -> sentences.forEach(theirs::embed));
            ways.put("Neurite, all at once", () -> embedAll(ours, sentences));
            ways.put("LangChain4j, all at once", () -> embedAll(theirs, sentences));
            ways.put("onnxruntime, sorted, in batches of 8", () -> {
                for (int i = 0; i < SENTENCES; i += BATCH) batch(session, tokenizer, sorted.subList(i, i + BATCH));
            });
            double[][] rates = new double[ways.size()][rounds];
            for (int round = -WARM_UP; round < rounds; round++) {
                int way = 0;
                for (Way each : ways.values()) {
                    long start = System.nanoTime();
                    each.run();
                    double rate = 1e9 * SENTENCES / (System.nanoTime() - start);
                    if (round >= 0) rates[way][round] = rate;
                    way++;
                }
            }
            int way = 0;
            for (String each : ways.keySet()) print(model, each, rates[way++]);
        }
    }

    private static void print(LangChain4jModels model, String way, double[] rates) {
        Arrays.sort(rates);
        System.out.printf(
                Locale.ROOT,
                "%-9s %-37s %6.1f sentences/s (%.1f to %.1f)%n",
                model,
                way,
                rates[rates.length / 2],
                rates[0],
                rates[rates.length - 1]);
    }

    private static InputStream open(String resource) {
        return Objects.requireNonNull(EmbeddingSpeed.class.getResourceAsStream("/" + resource), resource);
    }

    private static void embedAll(EmbeddingModel model, List<String> texts) {
        model.embedAll(texts.stream().map(TextSegment::from).toList());
    }

    private static void batch(OrtSession session, HuggingFaceTokenizer tokenizer, List<String> texts)
            throws OrtException {
        Encoding[] encodings = tokenizer.batchEncode(texts);
        long[][] ids = Arrays.stream(encodings).map(Encoding::getIds).toArray(long[][]::new);
        long[][] mask = Arrays.stream(encodings).map(Encoding::getAttentionMask).toArray(long[][]::new);
        long[][] types = Arrays.stream(encodings).map(Encoding::getTypeIds).toArray(long[][]::new);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OnnxTensor idsTensor = OnnxTensor.createTensor(environment, ids);
                OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask);
                OnnxTensor typesTensor = OnnxTensor.createTensor(environment, types);
                OrtSession.Result result = session.run(
                        Map.of("input_ids", idsTensor, "attention_mask", maskTensor, "token_type_ids", typesTensor))) {
            float[][][] vectors = (float[][][]) result.get(0).getValue();
            for (int i = 0; i < vectors.length; i++) mean(vectors[i], mask[i]);
        }
    }

    private static float[] mean(float[][] vectors, long[] mask) {
        var mean = new float[vectors[0].length];
        int tokens = (int) Arrays.stream(mask).sum();
        for (int t = 0; t < tokens; t++) for (int i = 0; i < mean.length; i++) mean[i] += vectors[t][i] / tokens;
        return mean;
    }

    /// Of 5 to 40 words that the vocabulary has, and a period.
    private static List<String> sentences() {
        String[] words = ("the a of to and in is it you that he was for on are with as his they be at one have this "
                        + "from or had by but some what there we can out other were all your when up use word how "
                        + "said an each she which do their time if will way about many then them would write like so "
                        + "these her long make thing see him two has look more day could go come did my sound no most "
                        + "number who over know water than call first people may down side been now find any new work "
                        + "part take get place made live where after back little only round man year came show every "
                        + "good me give our under name network keyboard animal")
                .split(" ", -1);
        var random = new SplittableRandom(7);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < SENTENCES; i++) {
            var sentence = new StringJoiner(" ", "", ".");
            for (int n = random.nextInt(5, 41); n > 0; n--) sentence.add(words[random.nextInt(words.length)]);
            all.add(sentence.toString());
        }
        return all;
    }
}
