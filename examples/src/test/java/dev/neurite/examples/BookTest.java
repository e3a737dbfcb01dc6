package dev.neurite.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Digits;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The examples of the book and of the how-to pages do what their pages say.
class BookTest {
    private interface Example {
        void run(PrintStream out) throws Exception;
    }

    private static String outputOf(Example example) throws Exception {
        var bytes = new ByteArrayOutputStream();
        example.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    @Test
    void theNumbersOfTheIdentityMappingAreThoseOfTheStep() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "identity.md"));
        String[] parts = outputOf(IdentityStep::run).split("\n\n", -1);
        assertThat(parts).hasSize(4);
        for (String part : parts) assertThat(page).contains(part.strip().split("\n", 2)[1]);
        for (String line : outputOf(Identity::run).split("\n", -1))
            assertThat(page).contains(line);
    }

    @Test
    void clothesAreTrainedAsTheCommandTrainsThem() {
        DataSplit digits = Digits.load();
        var images = new DataSplit(
                digits.train().withInputShape(Shape.of(1, 8, 8)), digits.test().withInputShape(Shape.of(1, 8, 8)));
        assertThat(Clothes.train(images).accuracy()).isGreaterThan(0.7);
    }

    @Test
    void aServiceAnswersAndSaysWhatIsWrongWithARow(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("fruit.safetensors");
        outputOf(out -> FruitTable.train(out, Path.of("data/fruit.csv"), file));
        HttpServer server = Service.serve(file, 0);
        try {
            Answer right = get(server, "weight=150&diameter=7.1&color=green");
            assertThat(right.status()).isEqualTo(200);
            assertThat(right.body())
                    .matches("\\{\"label\": \"apple\", \"probabilities\": \\{\"apple\": 0\\.9.*, \"plum\": .*}}");
            Answer wrong = get(server, "weight=heavy&diameter=7.1&color=green");
            assertThat(wrong.status()).isEqualTo(400);
            assertThat(wrong.body())
                    .startsWith("{\"error\": \"")
                    .contains("weight")
                    .contains("heavy");
            assertThat(Service.quoted("a \"b\"\\\n")).isEqualTo("\"a \\u0022b\\u0022\\u005c\\u000a\"");
        } finally {
            server.stop(0);
        }
    }

    private record Answer(int status, String body) {}

    private static Answer get(HttpServer server, String query) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/predict?" + query);
        var connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setReadTimeout(20_000);
        try (InputStream in =
                connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(connection.getResponseCode(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void theBodyOfANetworkGivesFeatures() throws Exception {
        String[] lines = outputOf(CutBody::run).split("\n", -1);
        assertThat(lines[0]).matches("\\[\\d+×32]");
        assertThat(lines[1]).matches("a (\\d) is most like a \\1");
        assertThat(Double.parseDouble(lines[2])).isGreaterThan(0.9);
    }

    @Test
    void weightsGoToPytorchsNamesAndBack() throws Exception {
        assertThat(outputOf(PytorchWeights::run).lines())
                .containsExactly(
                        "[fc1.weight, fc1.bias, fc2.weight, fc2.bias]",
                        "renamed: true",
                        "back: true",
                        "[0.weight, 0.bias, 2.weight, 2.bias]",
                        "sequential: true",
                        "half: 510 bytes",
                        "npz: true",
                        "checked: true",
                        "recurrent: lstm.weight_ih_l0, 16",
                        "only the head: true");
    }

    @Test
    void aTrainingEndsWhenItIsToldTo() throws Exception {
        List<String> lines = outputOf(Cancelled::run).lines().toList();
        assertThat(lines).containsExactly("1 of 50", "2 of 50", "3 of 50", "cancelled, to be resumed: true");
    }

    @Test
    void weightsAndAThresholdFindMoreOfTheRareClass(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("churn.safetensors");
        List<String> lines = outputOf(out -> RareClass.run(out, file)).lines().toList();
        double weighted = last(lines.get(0));
        double plain = last(lines.get(1));
        assertThat(weighted).isGreaterThan(plain + 0.2);
        assertThat(last(lines.get(3))).isGreaterThanOrEqualTo(0.8);
        assertThat(Predictor.load(file).signature().toString()).contains("leaves");
    }

    private static double last(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ')));
    }
}
