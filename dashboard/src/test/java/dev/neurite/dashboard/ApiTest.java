package dev.neurite.dashboard;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Iris;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.MetricsLog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.ProbeLog;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The resources of finished runs, by HTTP.
@NullUnmarked // members of JSON that are missing fail the test
@Timeout(60)
final class ApiTest {
    private static final String IRIS = "/api/runs/iris-1";

    @TempDir
    private static Path place;

    private static final DataSplit DATA = Iris.load();
    private static Model trained = Model.of(features(4), dense(8, RELU), dense(3, SOFTMAX));
    private static boolean made;

    private Dashboard dashboard;
    private Client client;

    @BeforeEach
    void open() throws IOException {
        if (!made) make();
        made = true;
        dashboard = Dashboard.of(runs())
                .port(0)
                .endsWithProgram()
                .announce(_ -> {})
                .source(file -> new RunSource.Content(
                        ModelFile.read(file, Catalog.standard()),
                        "test",
                        file.toString().contains("iris") ? Optional.of(DATA.test()) : Optional.empty(),
                        Optional.of(Losses.crossEntropy())));
        client = new Client(dashboard.url());
    }

    @AfterEach
    void close() {
        client.close();
        dashboard.close();
    }

    private static Path runs() {
        return place.resolve("runs");
    }

    /// Trains a run as the command line does.
    private static void make() throws IOException {
        Path run = Files.createDirectories(runs().resolve("iris-1"));
        Files.writeString(run.resolve("config.yaml"), "data:\n  source: iris\nepochs: 3\nbatch: 16\n");
        Files.writeString(run.resolve("env.json"), "{\"java\":\"25\",\"data_sha256\":{\"train\":\"abc\"}}");
        trained = Trainer.of(trained)
                .loss(Losses.crossEntropy())
                .optimizer(Optimizers.adam(0.01))
                .batchSize(16)
                .epochs(3)
                .watchUpdates(4)
                .callback(new MetricsLog(run.resolve("metrics.jsonl"), _ -> {}))
                .callback(new ProbeLog(run.resolve("histograms.jsonl"), _ -> {}))
                .callback(Checkpoints.into(run.resolve("checkpoints")))
                .fit(DATA.train(), DATA.test())
                .model();
        Map<String, String> notes = Map.of(
                "classes", "[\"setosa\",\"versicolor\",\"virginica\"]",
                "features", "[\"sepal length\",\"sepal width\",\"petal length\",\"petal width\"]",
                "loss", "cross-entropy");
        new ModelFile(trained, notes).write(run.resolve("model.safetensors"), Catalog.standard());
        Path digits = Files.createDirectories(runs().resolve("digits"));
        Files.writeString(digits.resolve("config.yaml"), "data:\n  source: digits\n");
        Model images = Model.of(Shape.of(1, 28, 28), conv2d(3, 5), flatten(), dense(10, SOFTMAX));
        new ModelFile(images, Map.of()).write(digits.resolve("model.safetensors"), Catalog.standard());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    @Test
    void theListOfRuns() {
        Map<String, Object> answer = client.object("/api/runs");
        assertThat(answer)
                .containsOnlyKeys("runs", "live", "searches", "version")
                .containsEntry("live", "null");
        Map<String, Object> run = list(answer.get("runs")).stream()
                .map(ApiTest::map)
                .filter(each -> each.get("id").equals("iris-1"))
                .findFirst()
                .orElseThrow();
        assertThat(run)
                .containsOnlyKeys(
                        "id", "name", "state", "data", "model", "epoch", "epochs", "step", "steps", "started",
                        "seconds", "metrics", "config", "test", "tags", "note", "problem")
                .containsEntry("name", "iris-1")
                .containsEntry("state", "finished")
                .containsEntry("data", "iris")
                .containsEntry("epoch", 3.0)
                .containsEntry("epochs", 3.0)
                .containsEntry("step", 24.0)
                .containsEntry("steps", 24.0);
        assertThat(map(run.get("metrics"))).containsKeys("val.loss", "val.acc", "train.loss", "train.lr");
    }

    @Test
    void tagsAndANote() {
        String path = IRIS + "/tags";
        assertThat(client.object(IRIS))
                .containsEntry("tags", List.of())
                .containsEntry("note", "")
                .containsEntry("taggable", true)
                .containsEntry("test", "null");
        String markup = "<b>bold</b>";
        assertThat(client.post(path, Map.of("tags", List.of(markup, " a  b ", "a b"), "note", "x\ny"), 200))
                .containsEntry("tags", List.of(markup, "a b"))
                .containsEntry("note", "x\ny");
        assertThat(client.object(IRIS)).containsEntry("tags", List.of(markup, "a b"));
        Map<String, Object> listed = list(client.object("/api/runs").get("runs")).stream()
                .map(ApiTest::map)
                .filter(each -> each.get("id").equals("iris-1"))
                .findFirst()
                .orElseThrow();
        assertThat(listed).containsEntry("tags", List.of(markup, "a b")).containsEntry("note", "x\ny");
        client.post(path, Map.of("tags", List.of("t".repeat(41)), "note", ""), 400);
        client.post(path, Map.of("tags", java.util.Collections.nCopies(21, "t"), "note", ""), 400);
        client.post(path, Map.of("tags", List.of(), "note", "n".repeat(2001)), 400);
        client.post(path, Map.of("tags", List.of(1), "note", ""), 400);
        client.post(path, Map.of("tags", List.of()), 400);
        client.post("/api/runs/none/tags", Map.of("tags", List.of(), "note", ""), 404);
        assertThat(client.object(IRIS)).containsEntry("note", "x\ny");
        client.post(path, Map.of("tags", List.of(), "note", ""), 200);
        assertThat(client.object(IRIS)).containsEntry("tags", List.of());
    }

    @Test
    void aRun() {
        Map<String, Object> run = client.object(IRIS);
        assertThat(run).containsEntry("id", "iris-1").containsEntry("state", "finished");
        Map<String, Object> data = map(run.get("data"));
        assertThat(data)
                .containsEntry("name", "iris")
                .containsEntry("kind", "table")
                .containsEntry("hash", "abc")
                .containsEntry("inputShape", List.of(4.0))
                .containsEntry("classes", List.of("setosa", "versicolor", "virginica"));
        Map<String, Object> network = map(run.get("network"));
        assertThat(network).containsEntry("parameters", 67.0).containsEntry("memoryBytes", 268.0);
        assertThat(map(list(network.get("nodes")).getLast()))
                .containsEntry("name", "dense2")
                .containsEntry("activation", "softmax")
                .containsEntry("sources", List.of(0.0))
                .containsEntry("out", List.of(List.of(3.0)));
        assertThat(map(run.get("config"))).containsEntry("data.source", "iris");
        assertThat(map(run.get("environment"))).containsEntry("java", "25");
        assertThat(list(run.get("checkpoints"))).hasSize(2);
        assertThat(list(run.get("health"))).isNotEmpty();
        assertThat(map(run.get("firstLoss"))).containsEntry("expected", Math.log(3));
        assertThat(list(run.get("controls"))).isEmpty();
        assertThat(run.get("command").toString()).contains("config.yaml");
    }

    @Test
    void importanceOfColumns() {
        Map<String, Object> answer = client.object(IRIS + "/importance");
        assertThat(answer).containsEntry("measure", "loss").containsEntry("repeats", 10.0);
        List<Object> columns = list(answer.get("columns"));
        assertThat(columns).hasSize(4);
        assertThat(map(columns.getFirst())).containsOnlyKeys("name", "importance", "low", "high");
        assertThat((double) map(columns.getFirst()).get("importance"))
                .isGreaterThanOrEqualTo((double) map(columns.getLast()).get("importance"));
        assertThat(client.object(IRIS + "/importance")).isEqualTo(answer);
        assertThat(client.status("/api/runs/digits/importance")).isEqualTo(409);
    }

    @Test
    void curvesAndHistograms() {
        Map<String, Object> answer = client.object(IRIS + "/series");
        double lines = (double) answer.get("lines");
        assertThat(lines).isEqualTo(24 + 3 + 6);
        Map<String, Object> series = map(answer.get("series"));
        assertThat(series).containsKeys("train.loss", "val.loss", "train.lr", "updates.dense1.weight.ratio");
        Map<String, Object> loss = map(series.get("train.loss"));
        assertThat(loss).containsOnlyKeys("step", "epoch", "t", "v");
        assertThat(list(loss.get("step"))).hasSize(24).startsWith(1.0).endsWith(24.0);
        assertThat(list(map(map(client.object(IRIS + "/series?points=8").get("series"))
                                .get("train.loss"))
                        .get("v")))
                .hasSizeBetween(3, 8);
        Map<String, Object> rest =
                map(client.object(IRIS + "/series?from=" + (int) (lines - 1)).get("series"));
        assertThat(rest).containsOnlyKeys("val.loss", "val.acc");
        assertThat(client.status(IRIS + "/series?points=7")).isEqualTo(400);
        assertThat(client.status(IRIS + "/series?from=-1")).isEqualTo(400);
        Map<String, Object> names = map(client.object(IRIS + "/histograms").get("names"));
        assertThat(list(names.get("dense1.weight"))).containsExactlyInAnyOrder("value", "gradient", "update");
        assertThat(list(names.get("dense1"))).containsExactlyInAnyOrder("output", "delta");
        Map<String, Object> histogram = client.object(IRIS + "/histograms?of=dense1.weight&what=value");
        assertThat(list(list(histogram.get("counts")).getFirst())).hasSize(30);
        assertThat(list(histogram.get("step")))
                .hasSize(list(histogram.get("mean")).size());
    }

    @Test
    void errorsAndExamples() {
        Map<String, Object> errors = client.object(IRIS + "/errors");
        Evaluation evaluation = Evaluation.of(trained, DATA.test(), Losses.crossEntropy());
        assertThat(errors)
                .containsEntry("part", "test")
                .containsEntry("rows", (double) DATA.test().size())
                .containsEntry("accuracy", evaluation.accuracy().orElseThrow())
                .containsEntry("loss", evaluation.loss())
                .containsEntry("regression", "null");
        assertThat(list(errors.get("interval"))).hasSize(2);
        assertThat(list(errors.get("classes"))).hasSize(3);
        assertThat(list(errors.get("roc"))).hasSize(3);
        assertThat(map(list(errors.get("pr")).getFirst())).containsKeys("class", "ap", "points");
        assertThat(list(map(errors.get("calibration")).get("bins"))).hasSize(15);
        assertThat(errors).containsEntry("parts", List.of("test"));
        double wrong = (double) errors.get("wrong");
        assertThat(list(errors.get("worst")))
                .hasSize((int) Math.min(24, wrong))
                .allSatisfy(each -> assertThat(map(each).get("truth"))
                        .isNotEqualTo(map(each).get("predicted")));
        assertThat(client.object(IRIS + "/errors?part=test")).containsEntry("wrong", wrong);
        assertThat(client.status(IRIS + "/errors?part=val")).isEqualTo(409);
        List<Object> confusion = list(errors.get("confusion"));
        for (int truth = 0; truth < 3; truth++) {
            for (int predicted = 0; predicted < 3; predicted++) {
                String query = IRIS + "/examples?truth=" + truth + "&predicted=" + predicted;
                assertThat(client.object(query))
                        .containsEntry("total", list(confusion.get(truth)).get(predicted));
            }
        }
        Map<String, Object> page = client.object(IRIS + "/examples?sort=row&from=3&count=2");
        assertThat(list(page.get("examples"))).hasSize(2);
        Map<String, Object> example = map(list(page.get("examples")).getFirst());
        assertThat(example).containsEntry("row", 3.0).containsEntry("image", "null");
        assertThat(map(example.get("values"))).containsKey("petal width");
        assertThat(client.status(IRIS + "/examples?sort=none")).isEqualTo(400);
        assertThat(client.status(IRIS + "/examples?count=0")).isEqualTo(400);
        assertThat(client.text("/api/runs/digits/errors")).contains("no data");
        assertThat(client.status("/api/runs/digits/errors")).isEqualTo(409);
    }

    @Test
    void aTableIsTried() {
        Map<String, Object> form =
                map(list(client.object(IRIS + "/form").get("inputs")).getFirst());
        assertThat(form).containsEntry("kind", "table");
        Map<String, Object> field = map(list(form.get("fields")).getFirst());
        assertThat(field).containsEntry("name", "sepal length").containsEntry("type", "number");
        Map<String, Object> example = map(form.get("example"));
        Map<String, Object> answer = client.post(IRIS + "/predict", Map.of("values", example), 200);
        float[] row = new float[4];
        DATA.test().readInput(0, row, 0);
        float[] expected = trained.predict(row);
        Map<String, Object> classes = map(map(answer.get("prediction")).get("probabilities"));
        assertThat(classes).hasSize(3);
        double best = (double) classes.values().iterator().next();
        assertThat((float) best).isEqualTo(Math.max(expected[0], Math.max(expected[1], expected[2])));
        assertThat(list(answer.get("sensitivity"))).hasSize(4);
        Map<String, Object> numbers =
                client.post(IRIS + "/predict", Map.of("inputs", List.of(row[0], row[1], row[2], row[3])), 200);
        assertThat(map(numbers.get("prediction")).get("probabilities")).isEqualTo(classes);
        Map<String, Object> far = new LinkedHashMap<>(example);
        far.replaceAll((name, _) -> name.equals("petal length") ? -3e38 : 3e38);
        List<Map<String, Object>> tooFar =
                List.of(Map.of("inputs", List.of(3e38, 3e38, -3e38, 3e38)), Map.of("values", far));
        for (Map<String, Object> each : tooFar) {
            assertThat(client.post(IRIS + "/predict", each, 400).toString())
                    .contains("path=inputs.numbers", "its output is not finite");
        }
        assertThat(client.post(IRIS + "/predict", Map.of("inputs", List.of(1, 2)), 400)
                        .toString())
                .contains("4 numbers");
        assertThat(client.post(IRIS + "/predict", "{\"values\":{\"sepal length\":\"x\"}}", 400)
                        .toString())
                .contains("sepal");
        client.post(IRIS + "/predict", "{\"inputs\":[1,2,3,\"a\"]}", 400);
        client.post(IRIS + "/predict", "{\"other\":1}", 400);
        client.post(IRIS + "/predict", "{}", 400);
        client.post(IRIS + "/predict", "nonsense", 400);
        client.post("/api/runs/nothing/predict", "{\"inputs\":[1]}", 404);
    }

    @Test
    void anImageIsTried() throws IOException {
        String path = "/api/runs/digits";
        assertThat(map(list(client.object(path + "/form").get("inputs")).getFirst()))
                .containsEntry("kind", "image")
                .containsEntry("width", 28.0)
                .containsEntry("preprocessing", "mnist")
                .containsEntry("inverted", true);
        var image = new BufferedImage(60, 60, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, 60, 60);
        graphics.setColor(Color.BLACK);
        graphics.fillRect(20, 10, 8, 40);
        graphics.dispose();
        byte[] gray = new byte[60 * 60];
        for (int i = 0; i < gray.length; i++) gray[i] = (byte) (image.getRGB(i % 60, i / 60) & 255);
        Map<String, Object> drawn = client.post(
                path + "/predict",
                Map.of("pixels", Base64.getEncoder().encodeToString(gray), "width", 60, "height", 60),
                200);
        Map<String, Object> seen = map(list(drawn.get("seen")).getFirst());
        assertThat(seen)
                .containsEntry("width", 28.0)
                .containsEntry("height", 28.0)
                .containsEntry("channels", 1.0);
        byte[] pixels = Base64.getDecoder().decode(seen.get("pixels").toString());
        assertThat(pixels).hasSize(784);
        assertThat(pixels[14 * 28 + 14]).isEqualTo((byte) 255);
        assertThat(map(drawn.get("map"))).containsKey("pixels");
        assertThat(map(map(drawn.get("prediction")).get("probabilities"))).hasSize(10);
        var png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        Map<String, Object> uploaded = client.postImage(path + "/predict/image", png.toByteArray());
        assertThat(uploaded.get("seen")).isEqualTo(drawn.get("seen"));
        assertThat(uploaded.get("prediction")).isEqualTo(drawn.get("prediction"));
        client.post(path + "/predict", "{\"pixels\":\"AAAA\",\"width\":2,\"height\":2}", 400);
        client.post(path + "/predict", "{\"pixels\":\"AAAA\",\"width\":9999,\"height\":2}", 400);
        client.post(path + "/predict", "{\"pixels\":\"%\",\"width\":1,\"height\":1}", 400);
    }

    @Test
    void shadesOfGrayAreSeenAsTheyAreStored() throws IOException {
        List<Object> seen = new ArrayList<>();
        for (int type :
                List.of(BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY, BufferedImage.TYPE_INT_RGB)) {
            var image = new BufferedImage(28, 28, type);
            for (int i = 0; i < 784; i++) {
                int gray = i % 2 == 0 ? 64 : 192;
                int stored = type == BufferedImage.TYPE_USHORT_GRAY ? 257 * gray : gray;
                for (int band = 0; band < image.getRaster().getNumBands(); band++) {
                    image.getRaster().setSample(i % 28, i / 28, band, stored);
                }
            }
            var png = new ByteArrayOutputStream();
            ImageIO.write(image, "png", png);
            seen.add(client.postImage("/api/runs/digits/predict/image", png.toByteArray())
                    .get("seen"));
        }
        assertThat(seen).containsOnly(seen.getLast());
    }

    @Test
    void adviceComesWithItsCommand() throws IOException {
        Path file = runs().resolve("iris-1/advice.json");
        Files.writeString(
                file,
                "[{\"verdict\":\"warning\",\"topic\":\"Rare class\",\"text\":\"t\","
                        + "\"command\":\"neurite evaluate x\"}]");
        try {
            List<Object> health = list(client.object(IRIS).get("health"));
            assertThat(health)
                    .anySatisfy(each -> assertThat(map(each))
                            .containsEntry("text", "t")
                            .containsEntry("command", "neurite evaluate x"));
            assertThat(health).anySatisfy(each -> assertThat(map(each)).containsEntry("command", "null"));
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void whatIsInsideAModel() {
        Map<String, Object> filters = client.object("/api/runs/digits/filters?of=conv2d1.weight&count=2");
        assertThat(filters)
                .containsEntry("width", 5.0)
                .containsEntry("height", 5.0)
                .containsEntry("channels", 1.0)
                .containsEntry("total", 3.0);
        assertThat(list(filters.get("images"))).hasSize(2);
        assertThat(client.status("/api/runs/digits/filters?of=nothing")).isEqualTo(404);
        Map<String, Object> features = client.object(IRIS + "/features?row=2");
        assertThat(list(features.get("layers"))).hasSize(2);
        assertThat(list(map(list(features.get("layers")).getFirst()).get("values")))
                .hasSize(8);
        assertThat(client.status(IRIS + "/features?row=100000")).isEqualTo(400);
        Map<String, Object> profile = client.object(IRIS + "/profile");
        assertThat(list(profile.get("layers"))).hasSize(2);
        assertThat(list(profile.get("phases"))).isNotEmpty();
        assertThat(list(client.object("/api/runs/digits/profile").get("layers")))
                .isEmpty();
    }

    @Test
    void checkpointsAreFiles() throws IOException {
        List<Object> checkpoints = list(client.object(IRIS).get("checkpoints"));
        String name = map(checkpoints.getFirst()).get("name").toString();
        assertThat(client.status(IRIS + "/checkpoints/" + name)).isEqualTo(200);
        for (String other : List.of("..%2Fconfig.yaml", "config.yaml", "x", "%2e%2e")) {
            assertThat(client.status(IRIS + "/checkpoints/" + other)).as(other).isEqualTo(404);
        }
    }

    @Test
    void thePageAndThePlaygroundAreServed() {
        assertThat(client.text("/")).contains("<title>Neurite</title>");
        assertThat(client.status("/js/page.js")).isEqualTo(200);
        assertThat(client.text("/playground")).contains("<script");
        assertThat(client.status("/page/index.html")).isEqualTo(404);
    }

    @Test
    void finishedRunsCannotBeSteered() {
        assertThat(client.post(IRIS + "/control", Map.of("action", "pause"), 409)
                        .toString())
                .contains("Only the process that trains");
        client.post(IRIS + "/control", Map.of("action", "explode"), 400);
    }

    @Test
    void namesAreData() throws IOException {
        String name = "<img src=x onerror=alert(1)>";
        Path run = Files.createDirectories(runs().resolve(name));
        Files.writeString(run.resolve("config.yaml"), "data:\n  source: \"</script><script>alert(1)</script>\"\n");
        try {
            assertThat(client.object("/api/runs").get("runs").toString()).contains(name);
            assertThat(client.object("/api/runs/" + Client.encoded(name))).containsEntry("id", name);
            for (String evil :
                    List.of("..", "%2e%2e", "..%2f..%2fetc", "%2Fetc%2Fpasswd", "%00", "iris-1%2F..%2Firis-1")) {
                assertThat(client.status("/api/runs/" + evil)).as(evil).isEqualTo(404);
                assertThat(client.status("/api/runs/" + evil + "/series"))
                        .as(evil)
                        .isEqualTo(404);
                assertThat(client.status("/api/search/" + evil)).as(evil).isEqualTo(404);
            }
            assertThat(client.text("/api/runs/none%3Cb%3E")).doesNotContain("<b>");
        } finally {
            Files.delete(run.resolve("config.yaml"));
            Files.delete(run);
        }
    }

    @Test
    @Tag("measures-time")
    void aRunOfAnotherProcessIsFollowedWithinASecond() throws Exception {
        Path run = Files.createDirectories(runs().resolve("other"));
        Files.writeString(run.resolve("config.yaml"), "epochs: 2\n");
        Path log = run.resolve("metrics.jsonl");
        String line = "{\"v\":1,\"t\":1,\"step\":%d,\"epoch\":1,\"k\":\"train\",\"m\":{\"loss\":%d.5}}\n";
        Files.writeString(log, line.formatted(1, 1));
        try (Client.Stream stream = client.events("/api/runs/other/events", "")) {
            assertThat(stream.until(event -> event.name().equals("lines"))
                            .getLast()
                            .id())
                    .isEqualTo("1");
            Files.writeString(log, line.formatted(2, 2) + "{\"v\":1,\"t", StandardOpenOption.APPEND);
            long written = System.nanoTime();
            Client.Event event =
                    stream.until(each -> each.name().equals("lines")).getLast();
            assertThat(Duration.ofNanos(System.nanoTime() - written)).isLessThan(Duration.ofSeconds(1));
            assertThat(event.id()).isEqualTo("2");
            assertThat(event.data()).contains("2.5").doesNotContain("1.5");
            Files.writeString(log, line.formatted(1, 7)); // begun again
            stream.until(each -> each.name().equals("reset"));
        }
        try (Client.Stream stream = client.events("/api/runs/other/events", "2")) {
            assertThat(stream.next().name()).isEqualTo("reset"); // the log has no second line any more
        }
        try (Client.Stream stream = client.events("/api/runs/other/events", "")) {
            assertThat(stream.until(each -> each.name().equals("lines"))
                            .getLast()
                            .data())
                    .contains("7.5");
        }
    }
}
